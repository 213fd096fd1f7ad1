"""Two clauses: reasons, concessions, conditions, sequence, alternatives; saying, thinking, knowing that."""

# ruff: noqa: E501  (a table: one pattern a line)

from ..adjectives import quality, quality_of
from ..clauses import predicate, weather_now
from ..engine import Pattern as P
from ..people import asked, people, person
from ..pronouns import one_of, pronoun
from ..things import thing
from ..whereabouts import place
from ..nouns import job
from ..times import time
from ..verb_phrases import activity, activity_at, busy_place

_any = activity("", "p")
_doing = activity("d", "p")

_reasons = [
    P("because.so.same", "因为 {s} {a} ， 所以 {s} {b} || 因为 {s} {a} ， 所以 {b} || {s} 因为 {a} ， 所以 {b}", "{s} {b|s} because=因为+所以 {s} {a|s}", weight=3, s=pronoun, a=predicate("reason"), b=predicate("result")),
    P("because.after", "{s} {b} ， 因为 {s} {a} || {s} {b} 因为 {s} {a}", "{s} {b|s} because=因为 {s} {a|s}", weight=2, s=pronoun, a=predicate("reason"), b=predicate("result")),
    P("because.weather", "因为 {w} ， 所以 {s} {b}", "{s} {b|s} because=因为+所以 {w}", weight=2, s=pronoun, w=weather_now, b=predicate("result")),
    P("so", "{s} {a} ， 所以 {b} || {s} {a} ， 所以 {s} {b}", "{s} {a|s} ,=， so=所以 {s} {b|s}", weight=2, s=pronoun, a=predicate("reason"), b=predicate("result")),
    P("why.do", "{s} 为什么 {v} || 为什么 {s} {v}", "why=为什么 do|s {s} {v} ?", weight=1.5, s=asked, v=_any),
    P("why.not", "{s} 为什么 不 {v} || 为什么 {s} 不 {v}", "why=为什么 don't|s=不 {s} {v} ?", weight=1.5, s=asked, v=_any),
    P("why.not.past", "{s} {t} 为什么 没 {v} || {s} 为什么 {t} 没 {v}", "why=为什么 didn't=没 {s} {v} {t} ?", weight=1, s=asked, t=time("past"), v=_any),
    P("why.like", "{s} 为什么 喜欢 {o} || 为什么 {s} 喜欢 {o}", "why=为什么 do|s {s} like=喜欢 {o} ?", weight=1, s=asked, o=thing("food|fruit|animal|sport|media", "bare", levels="1230")),
    P("why.adj", "{s} 为什么 这么 {a}", "why=为什么 is|s {s} so=这么 {a} ?", weight=1, s=asked, a=quality("state")),
]

_contrast = [
    P("although", "虽然 {s} {a} ， 但是 {b} || 虽然 {s} {a} ， 但是 {s} {b} || {s} 虽然 {a} ， 但是 {b}", "although=虽然+但是 {s} {a|s} ,=， {s} {b|s}", weight=3, s=pronoun, a=predicate("hard"), b=predicate("still")),
    P("although.unlucky", "虽然 {s} {a} ， 但是 {b} || {s} 虽然 {a} ， 可是 {b}", "although=虽然+但是+可是 {s} {a|s} ,=， {s} {b|s}", weight=1.5, s=pronoun, a=predicate("virtue"), b=predicate("unlucky")),
    P("but", "{s} {a} ， 但是 {b} || {s} {a} ， 可是 {b} || {s} {a} ， 但是 {s} {b}", "{s} {a|s} ,=， but=但是+可是 {s} {b|s}", weight=2, s=pronoun, a=predicate("hard"), b=predicate("still")),
    P("although.weather", "虽然 {w} ， 但是 {s} {b}", "although=虽然+但是 {w} ,=， {s} {b|s}", weight=1, s=pronoun, w=weather_now, b=predicate("still")),
    P("adj.but", "{s} 很 {a} ， 但是 {o} 不 {b} || {s} 很 {a} ， 可是 {o} 不 {b}", "{s} is|s very=很 {a} ,=， but=但是+可是 {o} isn't|o=不 {b}", weight=1, s=one_of("他", "我"), o=one_of("她", "他们", "你"), a=quality("plain"), b=quality("plain")),
    P("contrast", "{s} 是 {j} ， {o} 也 是 {k}", "{s} is|s=是 {j|s} ,=， and {o} is|o=是 {k|o} too=也", weight=1, s=one_of("我", "他"), o=one_of("她", "他们"), j=job, k=job),
    P("contrast.like", "{s} 喜欢 {q} ， {o} 喜欢 {r}", "{s} like|s=喜欢 {q} ,=， and {o} like|o=喜欢 {r}", weight=1, s=one_of("我", "他", "你"), o=one_of("她", "他们"), q=thing("food|drink|fruit|animal", "bare", levels="1230"), r=thing("food|drink|fruit|animal", "bare", levels="1230")),
    P("and.too", "{s} {v} ， {o} 也 {w}", "{s} {v|s} ,=， and {o} {w|o} too=也", weight=1, s=one_of("我", "他", "你"), o=one_of("她", "他们"), v=activity("h", "p"), w=activity("h", "p")),
    P("not.but", "{s} 不是 {j} ， 是 {k} || {s} 不是 {j} ， 而是 {k}", "{s} isn't|s=不是 {j|s} ,=， but {k|s}", weight=1, s=one_of("我", "他", "她"), j=job, k=job),
    P("not.only", "{s} 不但 {a} ， 而且 {b} || {s} 不仅 {a} ， 而且 {b}", "{s} is|s not=不但+不仅 only=不但+不仅 {a} but=而且 also=而且 {b}", weight=1.5, s=person, a=quality("good"), b=quality("good", "a")),
    P("besides", "除了 {o} 以外 ， {s} 还 喜欢 {q} || 除了 {o} ， {s} 还 喜欢 {q}", "besides=除了+以外 {o} ,=， {s} also=还 like|s=喜欢 {q}", weight=1.5, s=person, o=thing("food|fruit|drink|animal", "bare", levels="1230"), q=thing("food|fruit|drink|animal", "bare", levels="1230")),
    P("except", "除了 {o} 以外 ， 大家 都 来 了 || 除了 {o} ， 大家 都 来 了", "everyone=大家+都 came=来+了 except=除了+以外 {o.obj}", weight=1, o=person),
]

_conditions = [
    P("if.will", "如果 {s} {a} ， 我们 就 {v} || 要是 {s} {a} ， 我们 就 {v}", "if=如果+要是 {s} {a|s} ,=， we=我们 will=就 {v}", weight=2, s=one_of("你", "他", "她", "他们"), a=predicate("if"), v=_any),
    P("if.same", "如果 {s} {a} ， {s} 就 {v} || 如果 {s} {a} ， 就 {v} || 要是 {s} {a} ， 就 {v}", "if=如果+要是 {s} {a|s} ,=， {s} will=就 {v}", weight=2, s=pronoun, a=predicate("if"), v=_any),
    P("if.time", "如果 有 时间 ， {s} 想 {v}", "if=如果 {s} has|s=有 time=时间 ,=， {s} want|s=想 to {v}", weight=1, s=pronoun, v=_any),
    P("if.rain", "如果 {t} 下雨 ， {s} 就 不 {v} 了 || 如果 {t} 下雨 ， {s} 就 不 {v}", "if=如果 it rains=下雨 {t} ,=， {s} won't=就+不 {v}", weight=1.5, s=pronoun, t=time("future day"), v=_any),
    P("if.go", "如果 {t} 天气 好 ， {s} 就 去 {p}", "if=如果 the weather=天气 is good=好 {t} ,=， {s} will=就 go=去 {p.to}", weight=1, s=pronoun, t=time("future day"), p=place("-o")),
    P("as.soon.home", "{s} 一@1 回 家 就 {w} || {s} 一@1 到 家 就 {w}", "{s} {w|s} as=就+1 soon=就+1 as=1 {s} get|s=回+到 home=家", weight=2, s=pronoun, w=_doing),
    P("as.soon.up", "{s} 一@1 起床 就 {w}", "{s} {w|s} as=就+1 soon=就+1 as=1 {s} get|s=起床 up=起床", weight=1, s=pronoun, w=activity("d", "p")),
    P("only.if", "只要 {s} {a} ， 我 就 {v}", "as=只要 long=只要 as=只要 {s} {a|s} ,=， I=我 will=就 {v}", weight=1, s=one_of("你", "他", "她"), a=predicate("if"), v=_any),
]

_sequence = [
    P("first.then", "{s} 先 {v} ， 再 {w} || {s} 先 {v} 再 {w} || {s} 先 {v} ， 然后 {w} || {s} 先 {v} ， 然后 再 {w}", "{s} {v|s} first=先 and=再+然后 then=再+然后 {w|s}", weight=2.5, s=people, v=_doing, w=_any),
    P("first.then.lets", "我们 先 {v} ， 再 {w} 吧 || 我们 先 {v} ， 然后 {w} 吧", "let=我们 's=我们 {v} first=先 and=再+然后 then=再+然后 {w}", weight=1.5, v=_doing, w=_any),
    P("after", "{s} {v} 以后 {w} || {v} 以后 ， {s} {w} || {s} {v} 后 {w}", "{s} {w|s} after=以后+后 {v.ing}", weight=2.5, s=people, v=_doing, w=_any),
    P("before", "{s} {v} 以前 {w} || {v} 以前 ， {s} {w} || {s} {v} 前 {w}", "{s} {w|s} before=以前+前 {v.ing}", weight=2.5, s=people, v=_any, w=_doing),
    P("when", "{s} {v} 的 时候 {w} || {v} 的 时候 ， {s} {w} || {s} {v} 时 {w}", "{s} {w|s} when=的+时候+时 {s} {v|s}", weight=2.5, s=pronoun, v=_doing, w=_doing),
    P("when.dont", "{v} 的 时候 不要 {w} || {v} 的 时候 别 {w}", "don't=不要+别 {w} when=的+时候 you {v}", weight=1.5, v=_doing, w=_doing),
    P("when.not", "{s} {v} 的 时候 不 {w}", "{s} don't|s=不 {w} when=的+时候 {s} {v|s}", weight=1, s=pronoun, v=_doing, w=_doing),
    P("when.past", "{s} 来 的 时候 ， {o} 在 {v} || {s} 来 的 时候 {o} 正在 {v}", "{o} was|o=在+正在 {v.ing} when=的+时候 {s} came=来", weight=1.5, s=one_of("他", "她", "你"), o=one_of("我", "我们", "他们"), v=_doing),
    P("when.small", "{s} 小 的 时候 喜欢 {v} || 小 时候 ， {s} 喜欢 {v}", "{s} liked=喜欢 to {v} as=的+时候+小 a child=小+时候", weight=1, s=people, v=activity("h")),
    P("while", "{s} 一边 {v} 一边 {w} || {s} 一边 {v} ， 一边 {w} || {s} 边 {v} 边 {w}", "{s} {v|s} while=一边+边 {w.ing}", weight=2.5, s=people, v=_doing, w=_doing),
    P("while.dont", "不要 一边 {v} 一边 {w} || 别 一边 {v} 一边 {w}", "don't=不要+别 {v} while=一边 {w.ing}", weight=1, v=_doing, w=_doing),
    P("serial", "{s} 去 {v}", "{s} go|s=去 to {v}", weight=1.5, s=people, v=activity("d", "p")),
    P("serial.future", "{s} {t} 去 {v}", "{s} will go=去 to {v} {t}", weight=1.5, s=people, t=time("future day"), v=activity("d", "p")),
    P("serial.past", "{s} {t} 去 {v} 了", "{s} went=去+了 to {v} {t}", weight=1.5, s=people, t=time("past"), v=activity("d", "p")),
    P("serial.come", "{s} 来 {p} {v}", "{s} come|s=来 {p.to} to {v}", weight=1.5, s=people, p=busy_place("hurt"), v=activity_at("p")),
    P("serial.want", "{s} 想 去 {p} {v}", "{s} want|s=想 to go=去 {p.to} to {v}", weight=2, s=people, p=busy_place("hurt"), v=activity_at("p")),
    P("either", "{s} {v} 或者 {w}", "{s} {v|s} or=或者 {w|s}", weight=1.5, s=people, v=activity("h", "p"), w=activity("h", "p")),
    P("either.habit", "{s} {t} {v} 或者 {w}", "{s} {v|s} or=或者 {w|s} {t}", weight=1, s=people, t=time("habit"), v=activity("h", "p"), w=activity("h", "p")),
]

_saying = [
    P("think.adj", "{s} 觉得 {o} 很 {a}", "{s} think|s=觉得 {o} is|o very=很 {a}", weight=2.5, s=person, o=one_of("他", "她", "你", "他们"), a=quality("trait")),
    P("think.thing", "{s} 觉得 {o} 很 {a} || {s} 认为 {o} 很 {a}", "{s} think|s=觉得+认为 {o} is|o very=很 {a}", weight=2.5, s=person, o=thing("object|clothing|food|media|reading|place|building|device", "this that"), a=quality_of("o")),
    P("think.thing.not", "{s} 觉得 {o} 不 {a}", "{s} think|s=觉得 {o} isn't|o=不 {a}", weight=1, s=person, o=thing("object|clothing|food|media|reading|place|building|device", "this that"), a=quality_of("o", True)),
    P("think.how", "{s} 觉得 {o} 怎么样", "what=怎么样 do|s {s} think=觉得 of {o.obj} ?", weight=1.5, s=one_of("你", "他", "她", "你们"), o=thing("object|clothing|food|media|reading|place|building|device", "this that my")),
    P("how.is", "{o} 怎么样", "how=怎么样 is|o {o} ?", weight=2, o=thing("object|clothing|food|media|reading|place|building|device", "this that my")),
    P("know.that", "{s} 知道 {o} 是 {j}", "{s} know|s=知道 {o} is|o=是 {j|o}", weight=1, s=one_of("我", "我们", "他们"), o=one_of("他", "她", "你"), j=job),
    P("know.ask", "{s} 知道 {o} 是 谁 吗", "do|s=吗 {s} know=知道 who=谁 {o} is|o=是 ?", weight=1, s=one_of("你", "他们", "你们"), o=one_of("他", "她", "他们")),
    P("know.where", "{s} 知道 {o} 在 哪儿 吗 || {s} 知道 {o} 在 哪里 吗", "do|s=吗 {s} know=知道 where=哪儿+哪里 {o} is|o=在 ?", weight=2, s=one_of("你", "你们", "他"), o=thing("job_place|room", "the")),
    P("know.where.not", "{s} 不 知道 {o} 在 哪儿 || {s} 不 知道 {o} 在 哪里", "{s} don't|s=不 know=知道 where=哪儿+哪里 {o} is|o=在", weight=1.5, s=person, o=thing("job_place|room", "the")),
    P("know.not", "{s} 不 知道", "{s} don't|s=不 know=知道", weight=.7, s=people),
    P("know.le", "{s} 知道 了", "{s} know|s=知道 now=了", weight=.5, s=one_of("他", "她", "他们")),
    P("understand.not", "{s} 不 懂 || {s} 不 明白", "{s} don't|s=不 understand=懂+明白", weight=.7, s=people),
    P("understand.ask", "{s} 懂 吗 || {s} 明白 吗 || {s} 懂 了 吗", "do|s=吗 {s} understand=懂+明白 ?", weight=.5, s=asked),
    P("say.job", "{s} 说 {o} 是 {j}", "{s} say|s=说 {o} is|o=是 {j|o}", weight=1, s=one_of("他", "她", "他们"), o=one_of("你", "他", "她"), j=job),
    P("say.adj", "{s} 说 {o} 很 {a}", "{s} say|s=说 {o} is|o very=很 {a}", weight=1.5, s=person, o=one_of("你", "他", "她"), a=quality()),
    P("hope.that", "{s} 希望 {o} {v}", "{s} hope|s=希望 {o} {v|o}", weight=1, s=one_of("我", "我们", "他们"), o=one_of("你", "他", "她", "他们"), v=_any),
    P("hope.that.can", "{s} 希望 {o} 能 {v}", "{s} hope|s=希望 {o} can=能 {v}", weight=1.5, s=one_of("我", "我们", "他们"), o=one_of("你", "他", "她"), v=_any),
    P("afraid", "{s} 怕 {o}", "{s} is|s=怕 afraid=怕 of {o}", weight=1.5, s=people, o=thing("animal", "bare", levels="1230")),
    P("seem", "{s} 看起来 很 {a}", "{s} look|s=看起来 very=很 {a}", weight=1.5, s=people, a=quality()),
    P("feel", "{s} 感到 很 {a} || {s} 觉得 很 {a}", "{s} feel|s=感到+觉得 very=很 {a}", weight=1.5, s=people, a=quality("state")),
    P("hear.that", "听说 {s} 是 {j}", "I=听说 heard=听说 that {s} is|s=是 {j|s}", weight=1, s=one_of("他", "她", "你"), j=job),
    P("hear.adj", "听说 {s} 很 {a}", "I=听说 heard=听说 that {s} is|s very=很 {a}", weight=1, s=one_of("他", "她", "他们"), a=quality()),
]

PATTERNS = [pattern for group in (_reasons, _contrast, _conditions, _sequence, _saying) for pattern in group if pattern.weight]
