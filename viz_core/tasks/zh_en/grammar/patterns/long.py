"""Longer sentences: several adverbials, two clauses, small self-introductions."""

# ruff: noqa: E501  (a table: one pattern a line)

from ..adjectives import quality, quality_of
from ..amounts import age, price
from ..engine import Pattern as P
from ..people import he_or_she, kin, name, other, people, person
from ..pronouns import one_of, pronoun
from ..things import thing
from ..whereabouts import place
from ..nouns import job, nationality
from ..pieces import verb_piece
from ..times import duration, time, weekday
from ..verb_phrases import activity, activity_at, busy_place

_any = activity("", "p")
_doing = activity("d", "p")
_away = dict(p=busy_place("hurt"), v=activity_at("p"))
_near = dict(p=busy_place("c"), v=activity_at("p"))
_bought = thing("clothing|printed|fruit|device|object", "a number")

PATTERNS = [
    P("long.go.with", "{s} {t} 和 {o} 一起 去 {p} {v} 了 || {t} {s} 跟 {o} 一起 去 {p} {v} 了", "{s} went=去+了 {p.to} to {v} with=和+跟+一起 {o.obj} {t}", weight=2.5, s=pronoun, t=time("past"), o=other, **_away),
    P("long.go.with.will", "{s} {t} 要 和 {o} 一起 去 {p} {v} || {t} {s} 要 跟 {o} 一起 去 {p} {v}", "{s} is|s=要 going=要 to go=去 {p.to} to {v} with=和+跟+一起 {o.obj} {t}", weight=2.5, s=pronoun, t=time("future day"), o=other, **_away),
    P("long.go.with.want", "{s} {t} 想 和 {o} 一起 去 {p} {v}", "{s} want|s=想 to go=去 {p.to} to {v} with=和+一起 {o.obj} {t}", weight=2, s=pronoun, t=time("future day"), o=other, **_away),
    P("long.at.with", "{s} {t} 和 {o} 一起 在 {p} {v} || {t} {s} 跟 {o} 一起 在 {p} {v}", "{s} {v|s} {p.at}=在 with=和+跟+一起 {o.obj} {t}", weight=2, s=pronoun, t=time("habit"), o=other, **_near),
    P("long.like.with", "{s} 喜欢 和 {o} 一起 在 {p} {v} || {s} 喜欢 跟 {o} 一起 在 {p} {v}", "{s} like|s=喜欢 to {v} {p.at}=在 with=和+跟+一起 {o.obj}", weight=2, s=pronoun, o=other, **_near),
    P("long.progress.at", "{s} 和 {o} 正在 {p} {v} || {s} 和 {o} 现在 在 {p} {v}", "{s} and=和 {o} are=正在+在 {v.ing} {p.at}=在", weight=1.5, s=one_of("他", "她"), o=name, **_near),
    P("long.introduce", "我 叫 {n} ， 是 {c} || 我 叫 {n} ， 我 是 {c}", "my=我 name=叫 is=叫 {n} ,=， and I=我 am=是 {c}", weight=2, n=name, c=nationality),
    P("long.introduce.age", "我 叫 {n} ， 今年 {a} || 我 叫 {n} ， {a}", "my=我 name=叫 is=叫 {n} ,=， and I=我 am {a}", weight=1.5, n=name, a=age),
    P("long.introduce.job", "{s} 是 {j} ， 在 {p} 工作 || {s} 是 {j} ， {s} 在 {p} 工作", "{s} is|s=是 {j|s} ,=， and {s} work|s=工作 {p.at}=在", weight=2.5, s=pronoun, j=job, p=place("-c")),
    P("long.kin.job", "{k} 是 {j} ， {s} 在 {p} 工作", "{k} is|k=是 {j} ,=， and {s} work|s=工作 {p.at}=在", weight=1.5, k=kin, s=he_or_she("k"), j=job, p=place("-c")),
    P("long.kin.two", "{k} 是 {j} ， {q} 是 {i}", "{k} is|k=是 {j} ,=， and {q} is|q=是 {i}", weight=1.5, k=kin, j=job, q=kin, i=job),
    P("long.expensive", "{o} 太 贵 了 ， {s} 不想 买", "{o} is|o too=太+了 expensive=贵 ,=， and {s} don't|s=不想 want=不想 to buy=买 {o.pro}", weight=1.5, o=thing("clothing|printed|device|object|furniture", "this that"), s=pronoun),
    P("long.but.time", "{s} 想 去 {p} {v} ， 但是 没有 时间 || {s} 想 去 {p} {v} ， 可是 没有 时间", "{s} want|s=想 to go=去 {p.to} to {v} ,=， but=但是+可是 {s} don't|s=没有 have=没有 time=时间", weight=2, s=pronoun, **_away),
    P("long.but.money", "{s} 想 买 {o} ， 但是 没有 钱 || {s} 想 买 {o} ， 可是 没有 钱", "{s} want|s=想 to buy=买 {o} ,=， but=但是+可是 {s} don't|s=没有 have=没有 money=钱", weight=1.5, s=pronoun, o=thing("clothing|printed|device|object|own_vehicle", "a this that")),
    P("long.like.but", "{s} 喜欢 {v} ， 但是 不 喜欢 {w} || {s} 喜欢 {v} ， 可是 不 喜欢 {w}", "{s} like|s=喜欢 to {v} ,=， but=但是+可是 {s} don't|s=不 like=喜欢 to {w}", weight=2, s=pronoun, v=activity("h", "p"), w=activity("h", "p")),
    P("long.can.but", "{s} 会 {v} ， 但是 不会 {w} || {s} 会 {v} ， 可是 不会 {w}", "{s} can=会 {v} ,=， but=但是+可是 {s} can't=不会 {w}", weight=2, s=pronoun, v=activity("s"), w=activity("s")),
    P("long.can.both", "{s} 会 {v} ， 也 会 {w}", "{s} can=会 {v} ,=， and {s} can=会 also=也 {w}", weight=1.5, s=pronoun, v=activity("s"), w=activity("s")),
    P("long.want.but", "{s} 想 {v} ， 不想 {w}", "{s} want|s=想 to {v} ,=， but {s} don't|s=不想 want=不想 to {w}", weight=1.5, s=pronoun, v=_any, w=_any),
    P("long.say.go", "{s} 说 {o} {t} 要 去 {p} || {s} 说 {t} {o} 要 去 {p}", "{s} say|s=说 {o} is|o=要 going=要 to go=去 {p.to} {t}", weight=2, s=person, o=one_of("他", "她", "你", "我", "他们"), t=time("future day"), p=place("", "t")),
    P("long.tell.go", "{s} 告诉 {o} {q} {t} 要 去 {p}", "{s} told=告诉 {o.obj} that {q} is|q=要 going=要 to go=去 {p.to} {t}", weight=1.5, s=one_of("他", "她"), o=one_of("我", "我们"), q=one_of("他们", "你"), t=time("future day"), p=place("", "t")),
    P("long.if.dry", "如果 {t} 不 下雨 ， {s} 就 去 {p} {v}", "if=如果 it doesn't=不 rain=下雨 {t} ,=， {s} will=就 go=去 {p.to} to {v}", weight=2, s=pronoun, t=time("future day"), **_away),
    P("long.after.class", "下课 以后 ， {s} 和 {o} 一起 去 {p} {v} || 下课 后 ， {s} 和 {o} 一起 去 {p} {v}", "{s} go|s=去 {p.to} to {v} with=和+一起 {o.obj} after=以后+后 class=下课", weight=1.5, s=pronoun, o=other, **_away),
    P("long.after.work", "下班 以后 ， {s} 去 {p} {v} 了 || {s} 下班 以后 去 {p} {v} 了", "{s} went=去+了 {p.to} to {v} after=以后 work=下班", weight=1.5, s=pronoun, **_away),
    P("long.spend", "{s} 买 了 {o} ， 花 了 {m}", "{s} bought=买+了 {o} ,=， and {s} spent=花+了 {m}", weight=2, s=pronoun, o=_bought, m=price),
    P("long.bought.time", "{s} {t} 在 {p} 买 了 {o} || {t} {s} 在 {p} 买 了 {o}", "{s} bought=买+了 {o} {p.at}=在 {t}", weight=2.5, s=people, t=time("past"), p=place("-"), o=_bought),
    P("long.bought.more", "{s} 买 的 {o} 比 这 个 {a}", "the {o} {s} bought=买+的 is|o {a.er} than=比 this=这+个 one=个", weight=1.5, s=pronoun, o=thing("clothing|printed|device|object|furniture", "kind"), a=quality_of("o")),
    P("long.yesterday.bought", "{s} {t} 买 的 {o} 很 {a}", "the {o} {s} bought=买+的 {t} is|o very=很 {a}", weight=2, s=pronoun, t=time("past"), o=thing("clothing|printed|device|object|furniture|fruit", "kind"), a=quality_of("o")),
    P("long.place.since", "{s} 已经 在 {p} {v} 了 {d} 了", "{s} has|s=了 already=已经 {v.pp} {p.at}=在 for {d}", weight=1.5, s=people, p=place("c"), v=lambda rng, fill: rng.choice(_STAY), d=duration("年 月 星期")),
    P("long.place.past", "{s} 在 {p} {v} 了 {d}", "{s} {v.past}=了 {p.at}=在 for {d}", weight=1.5, s=people, p=place("c"), v=lambda rng, fill: rng.choice(_STAY), d=duration("年 月 星期 天")),
    P("long.day.both", "{s} 早上 {v} ， 晚上 {w}", "{s} {v|s} in=早上 the morning=早上 and=， {w|s} in=晚上 the evening=晚上", weight=2, s=people, v=_doing, w=_doing),
    P("long.weekdays", "{s} {t} {v} ， {u} {w}", "{s} {v|s} {t.on} and=， {w|s} {u.on}", weight=1, s=people, t=weekday, u=weekday, v=_any, w=_any),
    P("long.two.people", "{s} 在 {v} ， {o} 在 {w} || {s} 正在 {v} ， {o} 正在 {w}", "{s} is|s=在+正在 {v.ing} ,=， and {o} is|o=在+正在 {w.ing}", weight=2, s=one_of("我", "他", "你"), o=thing("kin", "my", levels="123"), v=_doing, w=_doing),
    P("long.two.habits", "{s} {v} ， {o} {w}", "{s} {v|s} ,=， and {o} {w|o}", weight=1, s=one_of("我", "他", "你"), o=one_of("她", "他们"), v=_doing, w=_doing),
    P("long.did.two", "{s} {t} 先 {v} ， 然后 {w}", "{s} first=先 {v.past} and=然后 then=然后 {w.past} {t}", weight=2, s=pronoun, t=time("past"), v=_any, w=_any),
    P("long.did.not.but", "{s} {t} 没 {v} ， 但是 {w} 了", "{s} didn't=没 {v} {t} ,=， but=但是 {s} {w.past}=了", weight=1.5, s=pronoun, t=time("past"), v=_any, w=_any),
    P("long.past.not.go", "因为 下雨 ， {s} {t} 没 去 {p} {v} || 因为 下雨 ， 所以 {s} {t} 没 去 {p} {v}", "{s} didn't=没 go=去 {p.to} to {v} {t} because=因为+所以 of=因为 the rain=下雨", weight=1.5, s=pronoun, t=time("past"), **_away),
    P("long.think.best", "{s} 觉得 {o} 是 最 {a} 的 人", "{s} think|s=觉得 {o} is|o=是 the=最 {a.est}=的 person=人", weight=1.5, s=person, o=one_of("他", "她"), a=quality("trait")),
    P("long.know.when", "{s} 知道 {o} 什么 时候 去 {p} 吗", "do|s=吗 {s} know=知道 when=什么+时候 {o} will go=去 {p.to} ?", weight=1.5, s=one_of("你", "你们", "他"), o=one_of("她", "他们"), p=place("", "t")),
    P("long.know.how", "{s} 知道 怎么 去 {p} 吗", "do|s=吗 {s} know=知道 how=怎么 to go=去 {p.to} ?", weight=1.5, s=one_of("你", "你们", "他"), p=place("", "t")),
    P("long.know.how.not", "{s} 不 知道 怎么 去 {p}", "{s} don't|s=不 know=知道 how=怎么 to go=去 {p.to}", weight=1.2, s=person, p=place("", "t")),
    P("long.know.what", "{s} 不 知道 {o} 喜欢 什么", "{s} don't|s=不 know=知道 what=什么 {o} like|o=喜欢", weight=1, s=person, o=one_of("他", "她", "他们", "你")),
    P("long.know.buy", "{s} 不 知道 应该 买 什么", "{s} don't|s=不 know=知道 what=什么 {s} should=应该 buy=买", weight=.8, s=pronoun),
    P("long.three", "{s} 喜欢 {v} 、 {w} 和 {x}", "{s} like|s=喜欢 to {v} ,=、 {w} and=和 {x}", weight=1.2, s=person, v=activity("h", "p"), w=activity("h", "p"), x=activity("h", "p")),
    P("long.three.things", "{s} 买 了 {o} 、 {q} 和 {r}", "{s} bought=买+了 {o} ,=、 {q} and=和 {r}", weight=1.5, s=person, o=thing("fruit|food|clothing", "bare number", levels="1230"), q=thing("fruit|food|clothing", "bare number", levels="1230"), r=thing("fruit|food|drink", "bare number", levels="1230")),
    P("long.had.meal", "{s} {t} 在 {p} 吃 了 {o} || {t} {s} 在 {p} 吃 了 {o}", "{s} ate=吃+了 {o} {p.at}=在 {t}", weight=1.5, s=people, t=time("past"), p=busy_place("sruoc"), o=thing("food|fruit", "a number", levels="1230")),
]
_STAY = tuple(verb_piece(zh, en) for zh, en in (("住", "live"), ("工作", "work"), ("学习", "study")))
