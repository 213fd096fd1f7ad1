"""Where: 在, 有, going, coming, directions, distance; also having things."""

# ruff: noqa: E501  (a table: one pattern a line)


from ..engine import Pattern as P
from ..furnishing import spot
from ..people import asked, kin, people, person
from ..pronouns import one_of, pronoun
from ..things import thing
from ..whereabouts import place
from ..nouns import where_from
from ..pieces import piece
from ..lexicon import Weighted
from ..times import clock, time
from ..verb_phrases import activity_at, busy_place

_you = one_of("你", "你", "他", "她", "你们", "他们")
_small = "printed|device|clothing|tool|object|container"
_around = "printed|object|container|fruit|tool|clothing"
_RIDES = Weighted([piece("坐 地铁", "by=1 subway=2"),
                   piece("坐 公共汽车", "by=1 bus=2"), piece("坐 出租车", "by=1 taxi=2"), 
                   piece("骑 自行车", "by=1 bike=2"), piece("开 车", "by=1 car=2"), piece("打 车", "by=1 taxi=2"), piece("坐 公交车", "by=1 bus=2"), piece("走路", "on foot")])  # fmt: skip
_TRIPS = Weighted([piece("坐 火车", "by=1 train=2"), piece("坐 飞机", "by=1 plane=2"), piece("坐 高铁", "by=1 high-speed=2 train=2"), piece("开 车", "by=1 car=2")])
_DIRECTIONS = Weighted([piece("左", "left"), piece("右", "right"), piece("前", "straight ahead")])


def ride(rng, fill):
    """坐火车 → *by train*."""
    return _RIDES.draw(rng)


def trip(rng, fill):
    """A means of long-distance travel."""
    return _TRIPS.draw(rng)


_there = [
    P("exist.spot", "{p} 有 {o}", "there=有 is|o=有 {o} {p}", weight=5, p=spot(), o=thing(_around, "a a number")),
    P("exist.spot.many", "{p} 有 {o}", "there=有 is|o=有 {o} {p}", weight=2, p=spot("里 里面 上 上面"), o=thing(_around, "many some")),
    P("exist.spot.none", "{p} 没有 {o}", "there=没有 is|o=没有 no=没有 {o} {p}", weight=2, p=spot("里 里面 上 上面"), o=thing(_around, "bare")),
    P("exist.spot.ask", "{p} 有 {o} 吗", "is|o=有 there=有 {o} {p} ?", weight=1, p=spot("里 里面 上 上面"), o=thing(_around, "bare")),
    P("exist.spot.what", "{p} 有 什么", "what=什么 is=有 there=有 {p} ?", weight=1, p=spot("里 里面 上 上面 旁边 前面 后面 下面")),
    P("exist.near", "{p} 有 {o}", "there=有 is|o=有 {o} {p}", weight=3, p=spot("旁边 附近 前面 后面 对面"), o=thing("job_place", "a a number")),
    P("exist.near.ask", "附近 有 {o} 吗", "is=有 there=有 {o} nearby=附近 ?", weight=2, o=thing("job_place", "a")),
    P("exist.near.bare", "附近 有 {o} 吗 || 这 附近 有 {o} 吗", "is=有 there=有 a {o} nearby=附近 ?", weight=2, o=thing("job_place", "kind")),
    P("exist.place.people", "{p} 有 很多 {o}", "there=有 are=有 many=很多 {o} {p.at}", weight=2, p=place("", "h"), o=thing("person", "bare", levels="1230", exclude="kin|profession", without="先生|小姐|女士|男人|女人")),
    P("exist.person", "{p} 有 {o}", "there=有 is|o=有 {o} {p}", weight=2, p=spot("里 里面 旁边 前面 后面", True), o=thing("person", "a number", levels="123", exclude="kin")),
    P("exist.nobody", "{p} 里 没有 人", "there=没有 is=没有 nobody=没有+人 in=里 {p}", weight=1, p=place("s-")),
    P("exist.be", "{p} 是 {o}", "{o} is=是 {p}", weight=1, p=spot("旁边 对面 后面 前面"), o=thing("job_place", "a")),
    P("have.noun", "{s} 有 {o}", "{s} has|s=有 {o}", weight=4, s=person, o=thing(_small + "|pet|own_vehicle", "a number")),
    P("have.not", "{s} 没有 {o}", "{s} don't|s=没有 have=没有 {o}", weight=3, s=people, o=thing(_small + "|pet|own_vehicle|money", "any")),
    P("have.ask", "{s} 有 {o} 吗", "do|s=吗 {s} have=有 {o} ?", weight=3, s=_you, o=thing(_small + "|pet|own_vehicle", "any")),
    P("have.whether", "{s} 有没有 {o}", "do|s=有没有 {s} have=有没有 {o} ?", weight=2, s=_you, o=thing(_small + "|pet|own_vehicle|money", "any")),
    P("have.noun.bare", "{s} 有 {o}", "{s} has|s=有 {o}", weight=2, s=person, o=thing("device|pet|own_vehicle|kin", "any", levels="1230")),
    P("have.many", "{s} 有 {o}", "{s} has|s=有 {o}", weight=2, s=person, o=thing(_small + "|pet|money", "many some")),
    P("have.kin", "{s} 有 {o}", "{s} has|s=有 {o}", weight=3, s=person, o=thing("kin", "a number", levels="123", without="爸爸|妈妈|丈夫|妻子|爷爷|奶奶")),
    P("have.kin.not", "{s} 没有 {o}", "{s} don't|s=没有 have=没有 {o}", weight=2, s=person, o=thing("kin", "any", levels="123", without="爸爸|妈妈|丈夫|妻子|爷爷|奶奶")),
    P("have.kin.ask", "{s} 有 {o} 吗", "do|s=吗 {s} have=有 {o} ?", weight=2, s=_you, o=thing("kin", "any", levels="123", without="爸爸|妈妈|丈夫|妻子|爷爷|奶奶")),
    P("have.time", "{s} {t} 有 时间 || {t} {s} 有 时间", "{s} has|s=有 time=时间 {t}", weight=1, s=people, t=time("today future day")),
    P("have.time.not", "{s} {t} 没有 时间 || {t} {s} 没有 时间 || {s} {t} 没 时间", "{s} don't|s=没有+没 have=没有+没 time=时间 {t}", weight=1, s=people, t=time("today future day")),
    P("have.time.ask", "{s} {t} 有 时间 吗 || {s} {t} 有空 吗", "do|s=吗 {s} have=有+有空 time=时间+有空 {t} ?", weight=1, s=_you, t=time("today future day")),
    P("have.what", "{s} 有 什么", "what=什么 do|s {s} have=有 ?", weight=.5, s=_you),
    P("have.who", "谁 有 {o}", "who=谁 has=有 {o} ?", weight=1, o=thing(_small, "any")),
]

_at = [
    P("at.place", "{s} 在 {p}", "{s} is|s=在 {p.at}", weight=3, s=people, p=place()),
    P("at.place.not", "{s} 不 在 {p}", "{s} isn't|s=不+在 {p.at}", weight=2, s=people, p=place()),
    P("at.place.ask", "{s} 在 {p} 吗", "is|s=在 {s} {p.at} ?", weight=2, s=asked, p=place()),
    P("at.place.whether", "{s} 在 不 在 {p}", "is|s=在 {s} {p.at} ?", weight=1, s=_you, p=place()),
    P("at.where", "{s} 在 哪儿 || {s} 在 哪里 || {s} 在 哪 || {s} 在 什么 地方", "where=哪儿+哪里+哪+什么+地方 is|s=在 {s} ?", weight=2, s=asked),
    P("at.now.where", "{s} 现在 在 哪儿 || {s} 现在 在 哪里", "where=哪儿+哪里 is|s=在 {s} now=现在 ?", weight=1, s=asked),
    P("at.now", "{s} 现在 在 {p} || 现在 {s} 在 {p}", "{s} is|s=在 {p.at} now=现在", weight=1, s=people, p=place()),
    P("at.past", "{s} {t} 在 {p} || {t} {s} 在 {p}", "{s} was|s=在 {p.at} {t}", weight=2, s=people, t=time("past"), p=place()),
    P("at.where.thing", "{o} 在 哪儿 || {o} 在 哪里 || {o} 在 哪", "where=哪儿+哪里+哪 is|o=在 {o} ?", weight=3, o=thing("job_place|room|building", "the")),
    P("at.where.mine", "{o} 在 哪儿 || {o} 在 哪里 || {o} 呢", "where=哪儿+哪里+呢 is|o=在 {o} ?", weight=2, o=thing(_small, "my")),
    P("at.spot", "{o} 在 {p}", "{o} is|o=在 {p}", weight=3, o=thing(_small, "my the"), p=spot("上 上面 里 里面 下面 旁边")),
    P("at.spot.place", "{o} 在 {p}", "{o} is|o=在 {p}", weight=3, o=thing("job_place", "the"), p=spot("旁边 前面 后面 对面 附近 左边 右边")),
    P("at.spot.person", "{s} 在 {p}", "{s} is|s=在 {p}", weight=2, s=person, p=spot("里 里面 旁边 前面 后面 对面 附近", True)),
    P("at.home.ask", "{s} 在 家 吗", "is|s=在 {s} at=家 home=家 ?", weight=.5, s=asked),
    P("who.at", "谁 在 {p}", "who=谁 is=在 {p.at} ?", weight=1, p=place()),
    P("live.at", "{s} 住 在 {p}", "{s} live|s=住 {p.at}=在", weight=3, s=people, p=place("ch")),
    P("live.where", "{s} 住 在 哪儿 || {s} 住 在 哪里 || {s} 住 哪儿", "where=哪儿+哪里 do|s {s} live=住 ?", weight=1, s=asked),
    P("work.at", "{s} 在 {p} 工作", "{s} work|s=工作 {p.at}=在", weight=3, s=people, p=place("", "h")),
    P("work.where", "{s} 在 哪儿 工作 || {s} 在 哪里 工作", "where=哪儿+哪里 do|s {s} work=工作 ?", weight=1, s=asked),
    P("study.at", "{s} 在 {p} 学习", "{s} study|s=学习 {p.at}=在", weight=2, s=people, p=place("cs")),
]

_move = [
    P("go.will", "{s} 去 {p}", "{s} go|s=去 {p.to}", weight=3, s=people, p=place("", "t")),
    P("go.future", "{s} {t} 去 {p} || {t} {s} 去 {p}", "{s} will go=去 {p.to} {t}", weight=2, s=people, t=time("future day"), p=place("", "t")),
    P("go.want", "{s} 想 去 {p}", "{s} want|s=想 to go=去 {p.to}", weight=3, s=people, p=place("", "t")),
    P("go.going", "{s} 要 去 {p}", "{s} is|s=要 going=要 to go=去 {p.to}", weight=2, s=people, p=place("", "t")),
    P("go.going.time", "{s} {t} 要 去 {p} || {t} {s} 要 去 {p}", "{s} is|s=要 going=要 to go=去 {p.to} {t}", weight=2, s=people, t=time("future day"), p=place("", "t")),
    P("go.past", "{s} 去 {p} 了", "{s} went=去+了 {p.to}", weight=3, s=people, p=place("", "ht")),
    P("go.past.time", "{s} {t} 去 了 {p} || {t} {s} 去 了 {p} || {s} {t} 去 {p} 了", "{s} went=去+了 {p.to} {t}", weight=3, s=people, t=time("past"), p=place("", "t")),
    P("go.not", "{s} 不 去 {p}", "{s} don't|s=不 go=去 {p.to}", weight=2, s=people, p=place("", "t")),
    P("go.not.past", "{s} {t} 没 去 {p} || {s} {t} 没有 去 {p}", "{s} didn't=没+没有 go=去 {p.to} {t}", weight=2, s=people, t=time("past"), p=place("", "t")),
    P("go.ask", "{s} 去 {p} 吗", "do|s=吗 {s} go=去 {p.to} ?", weight=2, s=asked, p=place("", "t")),
    P("go.ask.past", "{s} 去 {p} 了 吗", "did=了+吗 {s} go=去 {p.to} ?", weight=1, s=asked, p=place("", "ht")),
    P("go.whether", "{s} 去 不 去 {p}", "do|s=不 {s} go=去 {p.to} ?", weight=1, s=_you, p=place("", "t")),
    P("go.where", "{s} 去 哪儿 || {s} 去 哪里", "where=哪儿+哪里 do|s {s} go=去 ?", weight=1, s=asked),
    P("go.where.past", "{s} 去 哪儿 了 || {s} 去 哪里 了", "where=哪儿+哪里 did=了 {s} go=去 ?", weight=1, s=asked),
    P("go.where.will", "{s} {t} 去 哪儿 || {t} {s} 去 哪里", "where=哪儿+哪里 will {s} go=去 {t} ?", weight=1, s=asked, t=time("future day")),
    P("go.do", "{s} 去 {p} {v}", "{s} go|s=去 {p.to} to {v}", weight=3, s=people, p=busy_place("hurt"), v=activity_at("p")),
    P("go.do.time", "{s} {t} 去 {p} {v} || {t} {s} 去 {p} {v}", "{s} will go=去 {p.to} to {v} {t}", weight=2, s=people, t=time("future day"), p=busy_place("hurt"), v=activity_at("p")),
    P("go.do.past", "{s} {t} 去 {p} {v} 了", "{s} went=去+了 {p.to} to {v} {t}", weight=2, s=people, t=time("past"), p=busy_place("hurt"), v=activity_at("p")),
    P("go.by", "{s} {r} 去 {p}", "{s} go|s=去 {p.to} {r}", weight=2, s=people, r=ride, p=place("-s")),
    P("go.by.trip", "{s} {r} 去 {p}", "{s} go|s=去 {p.to} {r}", weight=2, s=people, r=trip, p=place("c")),
    P("go.by.time", "{s} {t} {r} 去 {p}", "{s} will go=去 {p.to} {r} {t}", weight=2, s=people, t=time("future day"), r=trip, p=place("c")),
    P("go.by.habit", "{s} 每天 {r} 去 {p}", "{s} go|s=去 {p.to} {r} every=每天 day=每天", weight=1, s=people, r=ride, p=place("-s")),
    P("go.by.work", "{s} {r} 上班", "{s} go|s=上班 to=上班 work=上班 {r}", weight=1, s=people, r=ride),
    P("go.how.you", "{s} 怎么 去 {p}", "how=怎么 do|s {s} go=去 {p.to} ?", weight=1.5, s=asked, p=place("", "t")),
    P("go.get", "去 {p} 怎么 走", "how=怎么 can I get=走 {p.to}=去 ?", weight=1.5, p=place("-s")),
    P("go.get.polite", "请问 ， 去 {p} 怎么 走 || 请问 去 {p} 怎么 走", "excuse=请问 me=请问 ,=， how=怎么 can I get=走 {p.to}=去 ?", weight=1.5, p=place("-s")),
    P("where.polite", "请问 ， {o} 在 哪儿 || 请问 {o} 在 哪里", "excuse=请问 me=请问 ,=， where=哪儿+哪里 is|o=在 {o} ?", weight=1.5, o=thing("job_place|room", "the")),
    P("come.from", "{s} 从 {p} 来", "{s} come|s=来 {p.from}=从", weight=3, s=people, p=place("c")),
    P("come.from.where", "{s} 从 哪儿 来 || {s} 从 哪里 来", "where=哪儿+哪里 do|s {s} come=来 from=从 ?", weight=1, s=asked),
    P("come.laizi", "{s} 来自 {p}", "{s} come|s=来自 from=来自 {p}", weight=2, s=people, p=where_from),
    P("come.to", "{s} {t} 来 {p} || {t} {s} 来 {p}", "{s} will come=来 {p.to} {t}", weight=2, s=people, t=time("future day"), p=place()),
    P("come.to.past", "{s} {t} 来 {p} 了 || {s} {t} 来 了 {p}", "{s} came=来+了 {p.to} {t}", weight=2, s=people, t=time("past"), p=place()),
    P("come.when", "{s} 什么 时候 来 {p}", "when=什么+时候 will {s} come=来 {p.to} ?", weight=1, s=asked, p=place("ch-")),
    P("come.when.past", "{s} 是 什么 时候 来 {p} 的", "when=什么+时候 did=是+的 {s} come=来 {p.to} ?", weight=1, s=asked, p=place("c")),
    P("come.le", "{s} 来 了", "{s} has|s=了 come=来", weight=.7, s=people),
    P("come.back", "{s} 回来 了", "{s} has|s=了 come=回来 back=回来", weight=.7, s=people),
    P("go.back", "{s} {t} 回 {p} || {t} {s} 回 {p}", "{s} will go=回 {p.back} {t}", weight=2, s=people, t=time("future"), p=place("cs", "h")),
    P("go.back.past", "{s} {t} 回 {p} 了", "{s} went=回+了 {p.back} {t}", weight=1, s=people, t=time("past"), p=place("cs", "h")),
    P("arrive", "{s} 到 {p} 了", "{s} has|s=了 arrived=到 {p.at}", weight=1.5, s=people, p=place("c-")),
    P("arrive.clock", "{s} {t} 到 {p}", "{s} arrive|s=到 {p.at} {t.at}", weight=1.5, s=people, t=clock, p=place("s-")),
    P("arrive.when", "{s} 什么 时候 到 {p}", "when=什么+时候 will {s} arrive=到 {p.at} ?", weight=1, s=asked, p=place("c-")),
    P("from.to.how", "从 {p} 到 {q} 怎么 走", "how=怎么 can I get=走 {p.from}=从 {q.to}=到 ?", weight=1, p=place("-"), q=place("-")),
    P("turn", "往 {d} 走 || 向 {d} 走", "go=往+向+走 {d}", weight=1, d=lambda rng, fill: _DIRECTIONS.draw(rng)),
    P("turn.turn", "往 {d} 拐 || 向 {d} 转", "turn=拐+转 {d}", weight=1, d=lambda rng, fill: rng.choice(_DIRECTIONS.items[:2])),
    P("far.ask", "{p} 远 吗 || {p} 远 不 远", "is {p} far=远 ?", weight=1, p=place("-s")),
    P("far.from", "{p} 离 {q} 很 远", "{p} is very=很 far=远 {q.from}=离", weight=2, p=place("-s"), q=place("-sh")),
    P("far.from.not", "{p} 离 {q} 不 远", "{p} isn't=不 far=远 {q.from}=离", weight=1.5, p=place("-s"), q=place("-sh")),
    P("near.from", "{p} 离 {q} 很 近", "{p} is very=很 close=近 to=离 {q}", weight=1.5, p=place("-s"), q=place("-s")),
    P("far.from.ask", "{p} 离 {q} 远 吗", "is {p} far=远 {q.from}=离 ?", weight=2, p=place("-s"), q=place("-sh")),
    P("far.how", "{p} 离 {q} 有 多 远", "how=多 far=远 is=有 {p} {q.from}=离 ?", weight=1.5, p=place("-s"), q=place("-s")),
    P("far.home", "{s} 家 离 {q} 很 远 || {s} 的 家 离 {q} 很 远", "{s.poss}=的 home=家 is very=很 far=远 {q.from}=离", weight=1.5, s=pronoun, q=place("-s")),
]

PATTERNS = [pattern for group in (_there, _at, _move) for pattern in group if pattern.weight]
