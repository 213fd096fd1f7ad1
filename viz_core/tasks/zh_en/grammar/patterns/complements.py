"""Results, possibility, manner, direction; 把 and 被; comparison; topics first; relative clauses."""

# ruff: noqa: E501  (a table: one pattern a line)

from ..adjectives import quality, quality_of
from ..completions import completed, fixed_verbs
from ..engine import Pattern as P
from ..lexicon import Weighted
from ..people import asked, asked_pronoun, kin, other, people, person
from ..pronouns import one_of, pronoun
from ..things import colored_clothing, thing
from ..whereabouts import place
from ..nouns import language
from ..pieces import piece
from ..times import time
from ..verb_phrases import activity

_he = one_of("他", "她", "他们", "我")

_result = [
    P("result.le", "{s} {v.verb} 了 {v.object}", "{s} {v.past}=了", weight=3, s=people, v=completed("done", "this my")),
    P("result.le.final", "{s} {v.verb} {v.object} 了", "{s} {v.past}", weight=2, s=people, v=completed("done", "bare")),
    P("result.not", "{s} 还 没 {v} || {s} 还 没有 {v}", "{s} hasn't|s=没+没有 {v.pp} yet=还", weight=2, s=people, v=completed("done", "this my bare")),
    P("result.ask", "{s} {v} 了 吗", "did=了+吗 {s} {v} ?", weight=2, s=asked, v=completed("done", "this my bare")),
    P("result.found", "{s} {v.verb} 了 {v.object}", "{s} {v.past}", weight=2, s=people, v=completed("found", "my a")),
    P("result.found.not", "{s} 没 {v} || {s} 没有 {v}", "{s} didn't=没+没有 {v}", weight=2, s=people, v=completed("found", "my bare")),
    P("result.seen", "{s} {v.verb} 了 {v.object}", "{s} {v.past}", weight=2, s=people, v=completed("seen", "a this")),
    P("result.seen.not", "{s} 没 {v} || {s} 没有 {v}", "{s} didn't=没+没有 {v}", weight=1.5, s=people, v=completed("seen", "this")),
    P("result.seen.ask", "{s} {v} 了 吗", "did=了+吗 {s} {v} ?", weight=1.5, s=asked, v=completed("seen", "this")),
    P("result.understood", "{s} {v.verb} 了 {v.object}", "{s} {v.past}", weight=1.5, s=people, v=completed("understood", "this")),
    P("result.understood.not", "{s} 没 {v}", "{s} didn't=没 {v}", weight=1.5, s=people, v=completed("understood", "this")),
    P("result.opened", "{s} {v.verb} 了 {v.object}", "{s} {v.past}", weight=1.5, s=people, v=completed("opened", "this my")),
    P("result.broken", "{s} {v.verb} 了 {v.object}", "{s} {v.past}", weight=1.5, s=people, v=completed("broken", "this my")),
    P("result.after", "{s} {v} 以后 就 休息 || {s} {v} 就 休息", "{s} rest|s=休息 after=以后+就 {v.ing}", weight=1, s=people, v=completed("done", "bare")),
    P("full", "{s} 吃饱 了", "{s} is|s full=吃饱+了", weight=.5, s=people),
    P("wake", "{s} 睡 着 了", "{s} fell=着+了 asleep=睡", weight=.5, s=people),
]

_potential = [
    P("potential.understand.hear", "{s} 听 得 懂 {l}", "{s} can=得 understand=听+懂 {l}", weight=1.5, s=people, l=language),
    P("potential.understand.hear.not", "{s} 听 不 懂 {l}", "{s} can't=不 understand=听+懂 {l}", weight=1.5, s=people, l=language),
    P("potential.understand.ask", "{s} 听 得 懂 {l} 吗 || {s} 听 得 懂 听 不 懂 {l}", "can=得 {s} understand=听+懂 {l} ?", weight=1, s=asked, l=language),
    P("potential.listen", "{s} 听 不 懂 || {s} 听 不 懂 {o} 的 话", "{s} can't=不 understand=听+懂", weight=.7, s=people, o=one_of("你", "他")),
    P("potential.read", "{s} 看 得 懂 {o}", "{s} can=得 understand=看+懂 {o}", weight=1.5, s=people, o=thing("printed", "this", levels="1234")),
    P("potential.read.not", "{s} 看 不 懂 {o}", "{s} can't=不 understand=看+懂 {o}", weight=1.5, s=people, o=thing("printed", "this", levels="1234")),
    P("potential.see.not", "{s} 看 不 见 || {s} 看不到", "{s} can't=不+看不到 see=看+见+看不到", weight=1, s=people),
    P("potential.see.thing", "{s} 看 不 见 {o} || {s} 看 不 到 {o}", "{s} can't=不 see=看+见+到 {o}", weight=1.5, s=people, o=thing("animal|reading|object", "this", levels="123")),
    P("potential.see", "{s} 看 得 见 {o} || {s} 看 得 到 {o}", "{s} can=得 see=看+见+到 {o}", weight=1.5, s=people, o=thing("animal|reading|object", "this", levels="123")),
    P("potential.hear.not", "{s} 听 不 见 || {s} 听 不 到", "{s} can't=不 hear=听+见+到", weight=1, s=people),
    P("potential.hear.sound", "{s} 听 得 见 {o} 吗 || {s} 听 得 到 {o} 吗", "can=得 {s} hear=听+见+到 {o.obj} ?", weight=1, s=one_of("你", "你们", "他"), o=one_of("我", "我们")),
    P("potential.find.not", "{s} 找 不 到 {o}", "{s} can't=不 find=找+到 {o}", weight=2.5, s=people, o=thing("printed|device|clothing|tool|object", "my", levels="1230")),
    P("potential.find.place", "{s} 找 不 到 {o}", "{s} can't=不 find=找+到 {o}", weight=1.5, s=people, o=thing("job_place|room", "the", levels="1230")),
    P("potential.buy.not", "{s} 买 不 到 {o}", "{s} can't=不 buy=买+到 {o}", weight=1, s=people, o=thing("object|clothing|printed", "bare this", levels="1230")),
    P("potential.afford.not", "{s} 买 不 起 {o} || {s} 买不起 {o}", "{s} can't=不+买不起 afford=买+起+买不起 {o}", weight=1.5, s=people, o=thing("object|clothing|own_vehicle|device", "this any", levels="1230")),
    P("potential.finish.eat", "{s} 吃 不 完 {o}", "{s} can't=不 finish=完 eating=吃 {o}", weight=1, s=people, o=thing("food", "this", levels="123")),
    P("potential.sleep", "{s} 睡 不 着 || {s} 睡不着 || {s} 睡 不 着 觉", "{s} can't=不+睡不着 fall=着+睡不着 asleep=睡+睡不着", weight=.8, s=people),
    P("potential.go.in", "{s} 进 不 去", "{s} can't=不 get=进+去 in=进", weight=.5, s=people),
    P("potential.remember", "{s} 记 不 住 {o} || {s} 想 不 起来 {o}", "{s} can't=不 remember=记+住+想+起来 {o}", weight=1, s=people, o=thing("abstract", "this my", levels="1230", without="时间|快乐|帮助|姓|希望|爱好|变化|关系|机会|季节|水平|健康|影响|文化|工作|意思|事情|颜色")),
]

_MANNERS = fixed_verbs(("跑", "run"), ("走", "walk"), ("吃", "eat"), ("学", "learn"), ("说", "speak"), ("写", "write"), ("开", "drive"), ("看", "read"), ("做", "work"), ("游", "swim"))
_HOW = Weighted([piece("快", "fast"), piece("慢", "slowly"), piece("好", "well"), piece("认真", "carefully"), piece("清楚", "clearly"), piece("不错", "well")])
_VO = fixed_verbs(("说 汉语", "speak Chinese"), ("说 英语", "speak English"), ("唱 歌", "sing=1+2"), ("跳 舞", "dance=1+2"), ("做 饭", "cook=1+2"), ("写 字", "write characters"), ("开 车", "drive=1+2"), ("打 篮球", "play basketball"),
                  ("踢 足球", "play football"), ("游 泳", "swim=1+2"), ("跑 步", "run=1+2"), ("打 网球", "play tennis"), ("弹 钢琴", "play the piano"), ("画 画", "draw=1+2"), ("写 汉字", "write=1 Chinese=2 characters=2"))  # fmt: skip


_manner = [
    P("manner", "{s} {v} 得 很 {h}", "{s} {v|s} very=很 {h}", weight=3, s=people, v=_MANNERS, h=lambda rng, fill: rng.choice(_HOW.items[:3])),
    P("manner.truly", "{s} {v} 得 真 {h} || {s} {v} 得 非常 {h}", "{s} {v|s} really=真+非常 {h}", weight=1.5, s=people, v=_MANNERS, h=lambda rng, fill: rng.choice(_HOW.items[:3])),
    P("manner.too", "{s} {v} 得 太 {h} 了", "{s} {v|s} too=太+了 {h}", weight=1.5, s=people, v=_MANNERS, h=lambda rng, fill: rng.choice(_HOW.items[:2])),
    P("manner.not", "{s} {v} 得 不 {h}", "{s} don't|s=不 {v} {h}", weight=1.5, s=people, v=_MANNERS, h=lambda rng, fill: rng.choice(_HOW.items[:3])),
    P("manner.ask", "{s} {v} 得 怎么样", "how=怎么样 well=怎么样 do|s {s} {v} ?", weight=1, s=asked, v=_MANNERS),
    P("manner.ask.fast", "{s} {v} 得 {h} 吗 || {s} {v} 得 {h} 不 {h}", "do|s=吗+不 {s} {v} {h} ?", weight=1, s=asked, v=_MANNERS, h=lambda rng, fill: rng.choice(_HOW.items[:3])),
    P("manner.vo", "{s} {v.head} {v.rest} {v.head} 得 很 {h} || {s} {v.rest} {v.head} 得 很 {h} || {s} 的 {v.rest} {v.head} 得 很 {h}", "{s} {v|s} very=很 {h}", weight=3, s=pronoun, v=_VO, h=lambda rng, fill: rng.choice(_HOW.items[:3])),
    P("manner.vo.not", "{s} {v.rest} {v.head} 得 不 {h} || {s} {v} {v.head} 得 不 {h}", "{s} don't|s=不 {v} {h}", weight=1.5, s=pronoun, v=_VO, h=lambda rng, fill: rng.choice(_HOW.items[:3])),
    P("manner.vo.ask", "{s} {v} {v.head} 得 怎么样 || {s} {v.rest} {v.head} 得 怎么样", "how=怎么样 well=怎么样 do|s {s} {v} ?", weight=1, s=asked_pronoun, v=_VO),
    P("manner.than", "{s} 跑 得 比 {o} 快 || {s} 比 {o} 跑 得 快", "{s} run|s=跑 faster=快 than=比 {o.obj}", weight=1, s=_he, o=other),
    P("manner.early", "{s} 每天 起 得 很 早", "{s} get|s=起 up=起 very=很 early=早 every=每天 day=每天", weight=1, s=people),
    P("manner.late", "{s} 每天 睡 得 很 晚", "{s} go|s=睡 to=睡 bed=睡 very=很 late=晚 every=每天 day=每天", weight=1, s=people),
    P("manner.adverb", "{s} 高兴 地 笑 了", "{s} laughed=笑+了 happily=高兴+地", weight=.5, s=people),
    P("slow.please", "请 {v} 慢 一点儿 || 请 {v} 慢 点儿", "please=请 {v} more=慢+一点儿+点儿 slowly=慢+一点儿+点儿", weight=1, v=fixed_verbs(("说", "speak"), ("走", "walk"), ("开", "drive"), ("吃", "eat"))),
    P("fast.please", "快 点儿 {v} || 快 一点儿 {v}", "{v} quickly=快+点儿+一点儿", weight=.7, v=fixed_verbs(("走", "walk"), ("吃", "eat"), ("来", "come"), ("做", "do it"), ("写", "write"))),
]

_direction = [
    P("dir.run", "{s} 跑 {d} 了", "{s} ran=跑+了 {d}", weight=1, s=people, d=fixed_verbs(("出去", "out"), ("进来", "in"), ("过来", "over"), ("回来", "back"), ("回去", "back"), ("上去", "up"), ("下来", "down"))),
    P("dir.walk", "{s} 走 {d} 了", "{s} walked=走+了 {d}", weight=1, s=people, d=fixed_verbs(("出去", "out"), ("进来", "in"), ("过来", "over"), ("回来", "back"), ("回去", "back"), ("上去", "up"), ("下来", "down"))),
    P("dir.please", "请 {v}", "please=请 {v}", weight=1, v=fixed_verbs(("进来", "come in"), ("出去", "go out"), ("坐下", "sit down"), ("站 起来", "stand=1 up=2"), ("过来", "come over"), ("进", "come in"), ("坐", "sit down"), ("上来", "come up"), ("下来", "come down"), ("回去", "go back"))),
    P("dir.le", "{s} {v} 了", "{s} {v.past}=了", weight=2, s=people, v=fixed_verbs(("进来", "come in"), ("出去", "go out"), ("坐下", "sit down"), ("站 起来", "stand=1 up=2"), ("过来", "come over"), ("进去", "go in"), ("上来", "come up"), ("下去", "go down"), ("回去", "go back"), ("走", "leave"), ("笑 起来", "start=2 laughing=1"), ("哭 起来", "start=2 crying=1"))),
    P("dir.bring", "{s} 带 来 了 {o}", "{s} brought=带+来+了 {o}", weight=1, s=people, o=thing("object|reading|fruit", "a number some", levels="123")),
    P("dir.when.back", "{s} 什么 时候 回来", "when=什么+时候 will {s} come=回来 back=回来 ?", weight=1, s=asked),
    P("dir.back.time", "{s} {t} 回来 || {t} {s} 回来", "{s} will come=回来 back=回来 {t}", weight=1, s=people, t=time("future day")),
]

_ba = [
    P("ba.done", "{s} 把 {v.object} {v.verb} 了", "{s} {v.past}=了", weight=3, s=people, v=completed("done", "the this my")),
    P("ba.opened", "{s} 把 {v.object} {v.verb} 了", "{s} {v.past}=了", weight=3, s=people, v=completed("opened", "the this my")),
    P("ba.broken", "{s} 把 {v.object} {v.verb} 了", "{s} {v.past}=了", weight=3, s=people, v=completed("broken", "the this my")),
    P("ba.please", "请 把 {v.object} {v.verb} || 请 你 把 {v.object} {v.verb}", "please=请 {v}", weight=2, v=completed("opened", "the this")),
    P("ba.order", "把 {v.object} {v.verb} || 把 {v.object} {v.verb} 吧", "{v}", weight=1, v=completed("opened", "the this")),
    P("ba.not", "{s} 没 把 {v.object} {v.verb} || {s} 没有 把 {v.object} {v.verb}", "{s} didn't=没+没有 {v}", weight=1.5, s=people, v=completed("done", "the this my")),
    P("ba.put", "{s} 把 {o} 放 在 {p} 上 了 || {s} 把 {o} 放 在 {p} 上", "{s} put=放 {o} on=在+上 {p}", weight=1.5, s=people, o=thing("printed|tool|object", "the this my", levels="123"), p=thing("furniture", "the", levels="12", without="家具")),
    P("ba.give", "{s} 把 {o} 给 {q} 了 || {s} 把 {o} 送 给 {q} 了", "{s} gave=给+送+了 {o} to=给 {q.obj}", weight=1.5, s=pronoun, o=thing("printed|object", "the this my", levels="123"), q=other),
    P("bei.broken", "{v.object} 被 {s} {v.verb} 了", "{v.object} was|v {v.done}=了 by=被 {s.obj}", weight=2.5, s=person, v=completed("broken", "the this my")),
    P("bei.stolen", "{v.object} 被 {v.verb} 了 || {v.object} 被 人 {v.verb} 了", "{v.object} was|v=被 {v.done}=了", weight=2.5, v=completed("stolen", "the this my")),
    P("bei.agentless", "{v.object} 被 {v.verb} 了", "{v.object} was|v=被 {v.done}=了", weight=2, v=completed("broken", "the this my")),
]

_compare = [
    P("than", "{s} 比 {o} {a}", "{s} is|s {a.er} than=比 {o.obj}", weight=4, s=_he, o=other, a=quality("trait")),
    P("than.you", "你 比 {s} {a}", "you are {a.er} than=比 {s.obj}", weight=1, s=one_of("我", "他", "她"), a=quality("trait")),
    P("than.kin", "{s} 比 {o} {a}", "{s} is|s {a.er} than=比 {o.obj}", weight=1.5, s=kin, o=pronoun, a=quality("trait")),
    P("than.more", "{s} 比 {o} 更 {a} || {s} 比 {o} 还 {a}", "{s} is|s even=更+还 {a.er} than=比 {o.obj}", weight=1.5, s=_he, o=other, a=quality("trait")),
    P("than.little", "{s} 比 {o} {a} 一点儿 || {s} 比 {o} {a} 一点", "{s} is|s a little=一点儿+一点 {a.er} than=比 {o.obj}", weight=1.5, s=_he, o=other, a=quality("good")),
    P("than.much", "{s} 比 {o} {a} 得 多 || {s} 比 {o} {a} 多 了", "{s} is|s much=得+多 {a.er} than=比 {o.obj}", weight=1.5, s=_he, o=other, a=quality("good")),
    P("than.ask", "{s} 比 {o} {a} 吗", "is|s {s} {a.er} than=比 {o.obj} ?", weight=1.5, s=one_of("你", "他", "她"), o=other, a=quality("trait")),
    P("than.thing", "{o} 比 那 个 {a}", "{o} is|o {a.er} than=比 that=那+个 one=个", weight=1.5, o=thing("clothing|device|own_vehicle|food|fruit|object|furniture", "this"), a=quality_of("o")),
    P("than.today", "今天 比 昨天 {a}", "today=今天 is {a.er} than=比 yesterday=昨天", weight=1, a=lambda rng, fill: rng.choice(_WEATHER_ADJ)),
    P("less.than", "{s} 没有 {o} {a} || {s} 没有 {o} 那么 {a} || {s} 不如 {o} {a}", "{s} isn't|s=没有+不如 as=那么+没有+不如 {a} as=没有+不如 {o.obj}", weight=2, s=_he, o=other, a=quality("trait")),
    P("same.as", "{s} 和 {o} 一样 {a} || {s} 跟 {o} 一样 {a}", "{s} is|s as=一样 {a} as=和+跟+一样 {o.obj}", weight=2, s=_he, o=other, a=quality("trait")),
    P("same.thing", "{o} 和 那 个 一样", "{o} is|o the=一样 same=一样 as=和 that=那+个 one=个", weight=.7, o=thing("clothing|device|object", "this")),
    P("who.more", "{s} 和 {o} 谁 {a} || {s} 和 {o} 谁 更 {a}", "who=谁 is {a.er} ,  {s} or=和 {o} ?", weight=1, s=one_of("你", "他"), o=one_of("她"), a=quality("trait")),
    P("most.class", "{s} 是 我们 班 最 {a} 的 学生", "{s} is|s=是 the=最 {a.est} student=学生 in our=我们 class=班", weight=1.5, s=one_of("他", "她"), a=quality("trait")),
    P("most.world", "{s} 是 世界 上 最 {a} 的 人", "{s} is|s=是 the=最 {a.est} person=人 in=上 the world=世界", weight=1, s=one_of("他", "她", "我"), a=quality("trait")),
    P("best.friend", "{s} 是 我 最 好 的 朋友", "{s} is|s=是 my=我 best=最+好 friend=朋友", weight=1, s=one_of("他", "她", "你")),
]
_WEATHER_ADJ = tuple(piece(zh, en)._replace(forms={"": piece(zh, en).forms[""], "er": ((er, (0,)),)}) for zh, en, er in (("冷", "cold", "colder"), ("热", "hot", "hotter"), ("凉快", "cool", "cooler"), ("暖和", "warm", "warmer")))

_topic = [
    P("topic.guo", "{o} {s} 看 过", "{s} has|s=过 seen=看 {o}", weight=1.5, s=pronoun, o=thing("media", "this that", levels="1230", without="音乐|新闻|游戏|歌|歌曲|古典音乐|流行音乐")),
    P("topic.read.guo", "{o} {s} 看 过", "{s} has|s=过 read=看 {o}", weight=1.5, s=pronoun, o=thing("printed", "this that", levels="1230", without="照片|地图|菜单")),
    P("topic.read.not", "{o} {s} 没 看 过 || {o} {s} 没有 看 过", "{s} hasn't|s=没+没有+过 read=看 {o}", weight=1.5, s=pronoun, o=thing("printed", "this that", levels="1230", without="照片|地图|菜单")),
    P("topic.like", "{o} {s} 很 喜欢", "{s} like|s=喜欢 {o} very=很 much=很", weight=1.5, s=pronoun, o=thing("clothing|reading|media|food|device", "this that")),
    P("topic.like.not", "{o} {s} 不 喜欢", "{s} don't|s=不 like=喜欢 {o}", weight=1.5, s=pronoun, o=thing("clothing|reading|media|food|device", "this that")),
    P("topic.know.not", "{o} {s} 不 知道", "{s} don't|s=不 know=知道 {o}", weight=.7, s=pronoun, o=thing("abstract", "this", levels="23", without="时间|快乐|帮助|姓|健康|水平|爱好|希望")),
    P("topic.buy.where", "{o} 是 在 哪儿 买 的 || {o} 在 哪儿 买 的 || {o} 是 在 哪里 买 的", "where=哪儿+哪里 did=是+的 you buy=买 {o} ?", weight=1.5, o=thing("clothing|printed|device|object|fruit|furniture", "this that")),
    P("topic.buy.who", "{o} 是 谁 买 的", "who=谁 bought=买+的 {o} ?", weight=1.5, o=thing("clothing|printed|device|object|fruit|furniture", "this that")),
    P("topic.buy.me", "{o} 是 {s} 买 的", "{s} bought=买+是+的 {o}", weight=2, s=person, o=thing("clothing|printed|device|object|fruit|furniture", "this that")),
    P("topic.give", "{o} 是 {s} 送 给 我 的 || {o} 是 {s} 送 我 的", "{s} gave=送+是+的 me=我 {o}", weight=1.5, s=one_of("他", "她", "他们"), o=thing("clothing|printed|device|object", "this that")),
    P("shide.how", "{s} 是 怎么 来 的 || {s} 怎么 来 的", "how=怎么 did=是+的 {s} come=来 ?", weight=1, s=asked),
    P("shide.when", "{s} 是 什么 时候 来 的", "when=什么+时候 did=是+的 {s} come=来 ?", weight=1, s=asked),
    P("shide.time", "{s} 是 {t} 来 的", "{s} came=来+是+的 {t}", weight=1.5, s=people, t=time("past")),
    P("shide.by", "{s} 是 坐 飞机 来 的 || {s} 坐 飞机 来 的", "{s} came=来+是+的 by=坐 plane=飞机", weight=1, s=people),
    P("shide.made", "这 是 中国 做 的 || 这 是 在 中国 做 的", "this=这 was=是 made=做+的 in=在 China=中国", weight=.4),
]

_relative = [
    P("rel.buy", "{s} 买 的 {o} 很 {a}", "the {o} {s} bought=买+的 is|o very=很 {a}", weight=3, s=pronoun, o=thing("clothing|printed|fruit|device|object|furniture", "kind"), a=quality_of("o")),
    P("rel.buy.np", "{s} 买 的 {o}", "the {o} {s} bought=买+的", weight=1.5, kind="phrase", s=pronoun, o=thing("clothing|printed|fruit|device|object|furniture", "kind")),
    P("rel.this.buy", "这 是 {s} 买 的 {o}", "this=这 is=是 the {o} {s} bought=买+的", weight=2, s=person, o=thing("clothing|printed|device|object|furniture", "kind")),
    P("rel.this.write", "这 是 {s} 写 的 {o}", "this=这 is=是 the {o} {s} wrote=写+的", weight=1.5, s=person, o=thing("printed", "kind", levels="1230", without="照片|地图|菜单|报纸|词典|笔记本|护照|杂志|身份证")),
    P("rel.like", "{s} 喜欢 的 {o} 很 {a}", "the {o} {s} like|s=喜欢+的 is|o very=很 {a}", weight=1.5, s=pronoun, o=thing("clothing|printed|fruit|device|object", "kind"), a=quality_of("o")),
    P("rel.make", "{s} 做 的 {o} 很 好吃", "the {o} {s} made=做+的 is|o very=很 delicious=好吃", weight=1.5, s=person, o=thing("food", "kind", levels="1230", exclude="fruit")),
    P("rel.wear.is", "穿 {c} 的 人 是 {j}", "the person=人 in=穿+的 {c} is=是 {j}", weight=2, c=colored_clothing, j=kin),
    P("rel.wear.who", "穿 {c} 的 人 是 谁", "who=谁 is=是 the person=人 in=穿+的 {c} ?", weight=1.5, c=colored_clothing),
    P("rel.wear.np", "穿 {c} 的 {q}", "the {q} in=穿+的 {c}", weight=1, kind="phrase", c=colored_clothing, q=lambda rng, fill: rng.choice(_WHO)),
    P("rel.doing", "正在 {v} 的 人 是 {k} || 在 {v} 的 人 是 {k}", "the person=人 who=的 is=正在+在 {v.ing} is=是 {k}", weight=2, v=activity("d", "p"), k=kin),
    P("rel.doing.who", "正在 {v} 的 人 是 谁", "who=谁 is=是 the person=人 who=的 is=正在 {v.ing} ?", weight=1, v=activity("d", "p")),
    P("rel.want", "{s} 想 买 的 {o} 太 {a} 了", "the {o} {s} want|s=想 to buy=买+的 is|o too=太+了 {a}", weight=1.5, s=pronoun, o=thing("clothing|printed|device|object|furniture", "kind"), a=quality_of("o")),
    P("rel.know", "{s} 认识 的 人 很 多", "{s} know|s=认识+的 many=很+多 people=人", weight=.4, s=pronoun),
    P("rel.people.like", "喜欢 {v} 的 人 很 多", "many=很+多 people=人 like=喜欢+的 to {v}", weight=1, v=activity("h", "p")),
    P("wear.one", "{s} 穿 着 {c}", "{s} is|s=着 wearing=穿 {c}", weight=2, s=person, c=thing("clothing", "a", levels="1230", without="服装|内衣|衣服|帽子|眼镜|太阳镜|手套|围巾|领带|皮带|腰带|口罩")),
    P("wear.color", "{s} 穿 着 {c} || {s} 穿 {c}", "{s} is|s=着 wearing=穿 {c}", weight=1.5, s=person, c=colored_clothing),
    P("zhe.posture.at", "{s} 在 {p} {v} 着", "{s} is|s=着 {v.ing} {p.at}=在", weight=1, s=people, p=place("-r"), v=fixed_verbs(("坐", "sit"), ("站", "stand"), ("等", "wait"))),
    P("zhe.hang", "墙 上 挂 着 {o}", "{o} is|o=着 hanging=挂 on=上 the wall=墙", weight=1, o=thing("object", "a number", levels="123", without="钱|东西|票|铅笔|手表|药|礼物|词典|护照|信用卡|伞|黑板|灯|筷子|菜单")),
]
_WHO = tuple(piece(zh, en) for zh, en in (("人", "person"), ("女孩", "girl"), ("男孩", "boy"), ("孩子", "child"), ("先生", "gentleman"), ("女人", "woman"), ("男人", "man"), ("学生", "student")))

PATTERNS = [pattern for group in (_result, _potential, _manner, _direction, _ba, _compare, _topic, _relative) for pattern in group if pattern.weight]
