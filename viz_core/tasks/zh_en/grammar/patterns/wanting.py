"""Liking, wanting, being able, having to; requests and orders."""

# ruff: noqa: E501  (a table: one pattern a line)

from ..engine import Pattern as P
from ..people import asked, asked_pronoun, other, people, person
from ..pronouns import one_of, pronoun
from ..things import thing
from ..whereabouts import place
from ..nouns import language
from ..times import time
from ..verb_phrases import activity, activity_at, busy_place, does

_LIKED = "food|fruit|drink|sport|media|animal|color_noun|plant"
_liked = thing(_LIKED, "bare", without="运动|食物|动物|冰雹")
_you = one_of("你", "你", "他", "她", "你们", "他们")
_vp = does(determiners="bare this a")
_act = activity()
_fun = activity("h", "p")
_shared = activity("", "p")

_liking = [
    P("like.noun", "{s} 喜欢 {o}", "{s} like|s=喜欢 {o}", weight=4, s=people, o=_liked),
    P("like.noun.very", "{s} 很 喜欢 {o} || {s} 非常 喜欢 {o}", "{s} like|s=喜欢 {o} very=很+非常 much=很+非常", weight=2, s=people, o=_liked),
    P("like.noun.not", "{s} 不 喜欢 {o}", "{s} don't|s=不 like=喜欢 {o}", weight=3, s=people, o=_liked),
    P("like.noun.ask", "{s} 喜欢 {o} 吗", "do|s=吗 {s} like=喜欢 {o} ?", weight=3, s=asked, o=_liked),
    P("like.noun.whether", "{s} 喜 不 喜欢 {o} || {s} 喜欢 不 喜欢 {o}", "do|s=不 {s} like=喜欢 {o} ?", s=asked_pronoun, o=_liked),
    P("like.noun.this", "{s} 喜欢 {o}", "{s} like|s=喜欢 {o}", weight=2, s=person, o=thing("clothing|media|reading|food|vehicle|animal", "this that my")),
    P("like.noun.or", "{s} 喜欢 {o} 还是 {q}", "do|s {s} like=喜欢 {o} or=还是 {q} ?", weight=2, s=_you, o=thing("drink|fruit|animal", "bare"), q=thing("drink|fruit|animal", "bare")),
    P("like.noun.what", "{s} 喜欢 什么 {o}", "what=什么 {o} do|s {s} like=喜欢 ?", weight=1, s=_you, o=thing("sport|animal|fruit|media", "kind", levels="123")),
    P("like.what", "{s} 喜欢 什么", "what=什么 do|s {s} like=喜欢 ?", s=asked),
    P("like.do", "{s} 喜欢 {v}", "{s} like|s=喜欢 to {v}", weight=4, s=people, v=_fun),
    P("like.do.very", "{s} 很 喜欢 {v} || {s} 非常 喜欢 {v}", "{s} like|s=喜欢 to {v} very=很+非常 much=很+非常", weight=1, s=people, v=_fun),
    P("like.do.not", "{s} 不 喜欢 {v}", "{s} don't|s=不 like=喜欢 to {v}", weight=3, s=people, v=_fun),
    P("like.do.ask", "{s} 喜欢 {v} 吗", "do|s=吗 {s} like=喜欢 to {v} ?", weight=3, s=asked, v=_fun),
    P("like.do.what", "{s} 喜欢 做 什么", "what=什么 do|s {s} like=喜欢 to do=做 ?", s=asked),
    P("like.do.at", "{s} 喜欢 在 {p} {v}", "{s} like|s=喜欢 to {v} {p.at}=在", weight=2, s=people, p=busy_place("c"), v=activity_at("p")),
    P("like.do.time", "{s} 喜欢 {t} {v}", "{s} like|s=喜欢 to {v} {t}", s=people, t=time("part season"), v=_fun),
    P("like.most", "{s} 最 喜欢 {o}", "{s} like|s=喜欢 {o} the=最 most=最", weight=2, s=person, o=_liked),
    P("like.most.kind", "{s} 最 喜欢 的 {o} 是 什么", "what=什么 is=是 {s.poss}=的 favorite=最+喜欢 {o} ?", s=_you, o=thing("color_noun|sport|fruit|animal|drink", "kind", levels="1230", without="粉色")),
    P("like.most.do", "{s} 最 喜欢 {v}", "{s} like|s=喜欢 to {v} the=最 most=最", s=person, v=_fun),
    P("like.also", "{s} 也 喜欢 {o}", "{s} also=也 like|s=喜欢 {o}", weight=2, s=person, o=_liked),
    P("like.all", "{s} 都 喜欢 {o}", "{s} all=都 like=喜欢 {o}", s=one_of("我们", "他们"), o=_liked),
    P("like.both", "{s} 喜欢 {o} 和 {q}", "{s} like|s=喜欢 {o} and=和 {q}", weight=2, s=person, o=thing("fruit|drink|food", "bare"), q=thing("fruit|drink|food", "bare")),
    P("like.but", "{s} 喜欢 {o} ， 但是 不 喜欢 {q} || {s} 喜欢 {o} ， 不 喜欢 {q}", "{s} like|s=喜欢 {o} ,=， but=但是 don't|s=不 like=喜欢 {q}", s=person, o=thing("fruit|drink|food", "bare"), q=thing("fruit|drink|food", "bare")),
    P("love.do", "{s} 爱 {v}", "{s} love|s=爱 to {v}", weight=1, s=person, v=_fun),
    P("love.person", "{s} 爱 {o}", "{s} love|s=爱 {o.obj}", weight=1, s=pronoun, o=other),
    P("like.person", "{s} 喜欢 {o}", "{s} like|s=喜欢 {o.obj}", weight=1, s=pronoun, o=other),
    P("miss.person", "{s} 想 {o} || {s} 很 想 {o}", "{s} miss|s=想+很 {o.obj}", weight=1, s=pronoun, o=other),
    P("know.person", "{s} 认识 {o}", "{s} know|s=认识 {o.obj}", s=pronoun, o=other),
    P("know.person.not", "{s} 不 认识 {o}", "{s} don't|s=不 know=认识 {o.obj}", s=pronoun, o=other),
    P("know.person.ask", "{s} 认识 {o} 吗", "do|s=吗 {s} know=认识 {o.obj} ?", s=_you, o=other),
    P("hate.do", "{s} 讨厌 {v}", "{s} hate|s=讨厌 to {v}", weight=.5, s=person, v=activity("d", "p")),
]

_wanting = [
    P("want.do", "{s} 想 {v}", "{s} want|s=想 to {v}", weight=4, s=people, v=_vp),
    P("want.do.time", "{s} {t} 想 {v} || {t} {s} 想 {v}", "{s} want|s=想 to {v} {t}", weight=2, s=people, t=time("future today"), v=_act),
    P("want.do.not", "{s} 不想 {v}", "{s} don't|s=不想 want=不想 to {v}", weight=4, s=people, v=_vp),
    P("want.do.ask", "{s} 想 {v} 吗", "do|s=吗 {s} want=想 to {v} ?", weight=3, s=asked, v=_vp),
    P("want.do.whether", "{s} 想不想 {v}", "do|s=想不想 {s} want=想不想 to {v} ?", weight=1, s=_you, v=_act),
    P("want.do.or", "{s} 想 {v} 还是 {w}", "do|s {s} want=想 to {v} or=还是 {w} ?", weight=1, s=_you, v=_fun, w=_fun),
    P("want.do.what", "{s} 想 做 什么 || {s} 想 干 什么", "what=什么 do|s {s} want=想 to do=做+干 ?", s=_you),
    P("want.buy.what", "{s} 想 买 什么 || {s} 要 买 什么", "what=什么 do|s {s} want=想+要 to buy=买 ?", weight=.7, s=_you),
    P("want.eat.what", "{s} 想 吃 什么", "what=什么 do|s {s} want=想 to eat=吃 ?", weight=.7, s=_you),
    P("want.drink.what", "{s} 想 喝 什么", "what=什么 do|s {s} want=想 to drink=喝 ?", weight=.7, s=_you),
    P("want.go.where", "{s} 想 去 哪儿 || {s} 想 去 哪里", "where=哪儿+哪里 do|s {s} want=想 to go=去 ?", weight=.7, s=_you),
    P("want.noun", "{s} 要 {o}", "{s} want|s=要 {o}", weight=3, s=person, o=thing("drink|food|object|reading|clothing", "a number this")),
    P("want.noun.not", "{s} 不要 {o}", "{s} don't|s=不要 want=不要 {o}", weight=2, s=person, o=thing("drink|food", "bare this")),
    P("want.noun.ask", "{s} 要 {o} 吗", "do|s=吗 {s} want=要 {o} ?", weight=2, s=_you, o=thing("drink|food", "bare")),
    P("want.noun.whether", "{s} 要不要 {o}", "do|s=要不要 {s} want=要不要 {o} ?", s=_you, o=thing("drink|food", "bare")),
    P("want.what", "{s} 要 什么", "what=什么 do|s {s} want=要 ?", s=_you),
    P("want.have", "{s} 想要 {o}", "{s} want|s=想要 {o}", weight=2, s=person, o=thing("device|vehicle|object|clothing|animal|reading", "a number")),
    P("want.have.ask", "{s} 想要 {o} 吗", "do|s=吗 {s} want=想要 {o} ?", s=_you, o=thing("device|vehicle|object|clothing|animal|reading", "a")),
    P("hope.do", "{s} 希望 能 {v}", "{s} hope|s=希望 to=能 {v}", weight=1, s=people, v=_fun),
    P("decide.do", "{s} 决定 {v}", "{s} decided=决定 to {v}", weight=1, s=people, v=_act),
    P("willing.do", "{s} 愿意 {v}", "{s} is|s=愿意 willing=愿意 to {v}", weight=1, s=people, v=_act),
    P("willing.not", "{s} 不 愿意 {v}", "{s} isn't|s=不 willing=愿意 to {v}", weight=1, s=people, v=_act),
    P("dare.not", "{s} 不敢 {v}", "{s} don't|s=不敢 dare=不敢 to {v}", weight=1, s=person, v=_act),
    P("ready.do", "{s} 准备 {v}", "{s} prepare|s=准备 to {v}", weight=1, s=person, v=_act),
    P("try.do", "{s} 想 试试 {v}", "{s} want|s=想 to try=试试 {v.ing}", weight=.5, s=person, v=_fun),
]

_able = [
    P("can.skill", "{s} 会 {v}", "{s} can=会 {v}", weight=4, s=people, v=activity("s")),
    P("can.skill.not", "{s} 不会 {v}", "{s} can't=不会 {v}", weight=4, s=people, v=activity("s")),
    P("can.skill.ask", "{s} 会 {v} 吗", "can=会 {s} {v} ?", weight=3, s=asked, v=activity("s")),
    P("can.skill.whether", "{s} 会不会 {v}", "can=会不会 {s} {v} ?", weight=1, s=_you, v=activity("s")),
    P("can.speak", "{s} 会 说 {l}", "{s} can=会 speak=说 {l}", weight=2, s=people, l=language),
    P("can.speak.ask", "{s} 会 说 {l} 吗", "can=会 {s} speak=说 {l} ?", weight=2, s=_you, l=language),
    P("can.speak.little", "{s} 会 说 一点儿 {l} || {s} 会 说 一点 {l}", "{s} can=会 speak=说 a=一点儿+一点 little=一点儿+一点 {l}", weight=1, s=person, l=language),
    P("can.speak.which", "{s} 会 说 什么 语言", "what=什么 languages=语言 can=会 {s} speak=说 ?", weight=.7, s=_you),
    P("can.able", "{s} 能 {v}", "{s} can=能 {v}", weight=3, s=people, v=_vp),
    P("can.able.time", "{s} {t} 能 {v} || {t} {s} 能 {v}", "{s} can=能 {v} {t}", weight=2, s=people, t=time("future day today"), v=_act),
    P("can.able.not", "{s} 不能 {v}", "{s} can't=不能 {v}", weight=4, s=people, v=_vp),
    P("can.able.not.time", "{s} {t} 不能 {v} || {t} {s} 不能 {v}", "{s} can't=不能 {v} {t}", weight=2, s=people, t=time("future day today"), v=_act),
    P("can.able.ask", "{s} 能 {v} 吗", "can=能 {s} {v} ?", weight=3, s=asked, v=_vp),
    P("can.able.whether", "{s} 能不能 {v}", "can=能不能 {s} {v} ?", weight=1, s=_you, v=_act),
    P("may.do", "{s} 可以 {v}", "{s} may=可以 {v}", weight=3, s=people, v=_vp),
    P("may.ask", "{s} 可以 {v} 吗", "may=可以 {s} {v} ?", weight=3, s=one_of("我", "我们"), v=_vp),
    P("may.not", "{s} 不可以 {v}", "{s} may=不可以 not=不可以 {v}", weight=2, s=people, v=_act),
    P("may.at.not", "{p} 不能 {v} || 在 {p} 不能 {v}", "you can't=不能 {v} {p.at}=在", weight=1, p=busy_place("c"), v=activity_at("p")),
    P("should.do", "{s} 应该 {v}", "{s} should=应该 {v}", weight=3, s=people, v=_vp),
    P("should.not", "{s} 不 应该 {v}", "{s} shouldn't=不+应该 {v}", weight=2, s=people, v=_act),
    P("should.ask", "{s} 应该 {v} 吗", "should=应该 {s} {v} ?", weight=1, s=asked, v=_act),
    P("must.do", "{s} 必须 {v} || {s} 得 {v}", "{s} must=必须+得 {v}", weight=2, s=people, v=_act),
    P("must.time", "{s} {t} 必须 {v}", "{s} must=必须 {v} {t}", weight=1, s=people, t=time("future day today"), v=_act),
    P("need.do", "{s} 需要 {v}", "{s} need|s=需要 to {v}", weight=2, s=people, v=_act),
    P("need.do.not", "{s} 不用 {v} || {s} 不 需要 {v}", "{s} don't|s=不用+不 need=不用+需要 to {v}", weight=2, s=people, v=_act),
    P("need.noun", "{s} 需要 {o}", "{s} need|s=需要 {o}", weight=2, s=people, o=thing("object|device|clothing|tool|furniture|reading", "a number this")),

    P("possibly", "{s} {t} 可能 会 {v} || {t} {s} 可能 {v}", "{s} might=可能+会 {v} {t}", weight=1, s=people, t=time("future"), v=_act),
    P("certainly", "{s} {t} 一定 会 {v}", "{s} will=会 certainly=一定 {v} {t}", weight=1, s=people, t=time("future"), v=_act),
    P("finally.able", "{s} 终于 可以 {v} 了", "{s} can=可以+了 finally=终于 {v}", weight=.3, s=people, v=_fun),
]

_orders = [
    P("order.dont", "别 {v} || 不要 {v}", "don't=别+不要 {v}", weight=3, v=_shared),
    P("order.dont.le", "别 {v} 了", "stop=别+了 {v.ing}", weight=2, v=activity("d", "p")),
    P("order.dont.you", "你 别 {v}", "don't=别 {v}", weight=1, v=_shared),
    P("order.dont.at", "不要 在 {p} {v} || 别 在 {p} {v}", "don't=不要+别 {v} {p.at}=在", weight=2, p=busy_place("c"), v=activity_at("p")),
    P("order.please", "请 {v}", "please=请 {v}", weight=2, v=_vp),
    P("order.please.dont", "请 不要 {v} || 请 别 {v}", "please=请 don't=不要+别 {v}", weight=2, v=_shared),
    P("order.please.at", "请 在 {p} 等 我", "please=请 wait=等 for=等 me=我 {p.at}=在", weight=1, p=place("-s")),
    P("lets.do", "我们 {v} 吧 || 咱们 {v} 吧", "let=我们+咱们 's=我们+咱们 {v}", weight=3, v=_shared),
    P("lets.together", "我们 一起 {v} 吧", "let=我们 's=我们 {v} together=一起", weight=2, v=_shared),
    P("lets.time", "我们 {t} {v} 吧", "let=我们 's=我们 {v} {t}", weight=1, t=time("future day"), v=_shared),
    P("lets.together.ask", "我们 一起 {v} ， 好 吗 || 我们 一起 {v} 好 吗", "shall=好+吗 we=我们 {v} together=一起 ?", weight=1, v=_shared),
    P("lets.go", "我们 去 {p} 吧", "let=我们 's=我们 go=去 {p.to}", weight=2, p=place("-sh")),
    P("order.you", "你 去 {v} 吧", "go=去 and {v}", weight=.3, v=activity("t")),
    P("ask.help.do", "{s} 能 帮 我 {v} 吗 || {s} 可以 帮 我 {v} 吗", "can=能+可以 {s} help=帮 me=我 {v} ?", weight=1, s=one_of("你", "你们"), v=activity("t")),
    P("ask.give", "请 给 我 {o}", "please=请 give=给 me=我 {o}", weight=2, o=thing("drink|food|object|reading|tool", "a number this")),
    P("ask.give.can", "可以 给 我 {o} 吗 || 能 给 我 {o} 吗", "can=可以+能 you give=给 me=我 {o} ?", weight=1, o=thing("drink|object|reading|tool", "a this")),
    P("order.bring", "请 来 {o} || 来 {o}", "{o} ,  please=请+来", weight=.5, o=thing("drink|food", "a number")),
]

PATTERNS = [pattern for group in (_liking, _wanting, _able, _orders) for pattern in group if pattern.weight]
