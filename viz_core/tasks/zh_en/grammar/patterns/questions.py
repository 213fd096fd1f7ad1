"""Question words inside a clause (what, which, who, how), and adverbs before the verb."""

# ruff: noqa: E501  (a table: one pattern a line)

from ..adjectives import quality, quality_of
from ..completions import fixed_verbs
from ..engine import Pattern as P

from ..people import asked, asked_pronoun, kin, people, person
from ..pronouns import one_of, pronoun
from ..things import thing
from ..whereabouts import place
from ..nouns import language
from ..pieces import piece
from ..times import time
from ..verb_phrases import activity

_any = activity("", "p")
_doing = activity("d", "p")
_WHAT = fixed_verbs(("吃", "eat"), ("喝", "drink"), ("看", "read"), ("买", "buy"), ("学", "learn"), ("写", "write"), ("玩", "play"), ("做", "do"), ("唱", "sing"), ("教", "teach"), ("卖", "sell"), ("找", "look for"), ("听", "listen to"), ("画", "draw"))
_WHICH = "printed|clothing|device|object|tool|furniture|fruit|media|own_vehicle"


_what = [
    P("what.do", "{s} {v} 什么", "what=什么 do|s {s} {v} ?", weight=2.5, s=asked, v=_WHAT),
    P("what.doing", "{s} 在 {v} 什么 || {s} 正在 {v} 什么", "what=什么 is|s=在+正在 {s} {v.ing} ?", weight=2, s=asked, v=_WHAT),
    P("what.did", "{s} {v} 了 什么 || {s} {v} 什么 了", "what=什么 did=了 {s} {v} ?", weight=2, s=asked, v=_WHAT),
    P("what.did.time", "{s} {t} {v} 了 什么 || {t} {s} {v} 了 什么", "what=什么 did=了 {s} {v} {t} ?", weight=1.5, s=asked, t=time("past"), v=_WHAT),
    P("what.want", "{s} 想 {v} 什么 || {s} 要 {v} 什么", "what=什么 do|s {s} want=想+要 to {v} ?", weight=2, s=asked, v=_WHAT),
    P("what.like", "{s} 喜欢 {v} 什么", "what=什么 do|s {s} like=喜欢 to {v} ?", weight=1.5, s=asked, v=_WHAT),
    P("what.eat.kind", "{s} 想 吃 什么 {o}", "what=什么 {o} do|s {s} want=想 to eat=吃 ?", weight=1, s=asked, o=thing("fruit|food", "kind", levels="123")),
    P("what.drink.kind", "{s} 喝 什么 {o}", "what=什么 {o} do|s {s} drink=喝 ?", weight=.8, s=asked, o=thing("drink", "kind", levels="123")),
    P("what.read.kind", "{s} 在 看 什么 {o}", "what=什么 {o} is|s=在 {s} reading=看 ?", weight=1, s=asked, o=thing("printed", "kind", levels="1230", without="照片|地图|菜单")),
    P("what.watch.kind", "{s} 在 看 什么 {o}", "what=什么 {o} is|s=在 {s} watching=看 ?", weight=1, s=asked, o=thing("media", "kind", levels="1230", without="音乐|新闻|游戏|歌|歌曲|古典音乐|流行音乐|广告")),
    P("what.buy.kind", "{s} 买 了 什么 {o}", "what=什么 {o} did=了 {s} buy=买 ?", weight=1, s=asked, o=thing("object|clothing|fruit", "kind", levels="123")),
    P("what.color", "{o} 是 什么 颜色 的 || {o} 是 什么 颜色", "what=什么 color=颜色 is|o=是 {o} ?", weight=2, o=thing("clothing|own_vehicle|furniture|object|animal", "my this that")),
    P("color.is", "{o} 是 {c} 的", "{o} is|o=是 {c}=的", weight=2.5, o=thing("clothing|own_vehicle|furniture|object|animal", "my this that"), c=lambda rng, fill: rng.choice(_COLORS)),
    P("color.is.not", "{o} 不是 {c} 的", "{o} isn't|o=不是 {c}=的", weight=1.2, o=thing("clothing|own_vehicle|furniture|object|animal", "my this that"), c=lambda rng, fill: rng.choice(_COLORS)),
    P("color.ask", "{o} 是 {c} 的 吗", "is|o=是 {o} {c}=的 ?", weight=1.2, o=thing("clothing|own_vehicle|furniture|object|animal", "my this that"), c=lambda rng, fill: rng.choice(_COLORS)),
    P("what.meaning", "{o} 是 什么 意思", "what=什么 does {o} mean=意思 ?", weight=1.2, o=thing("reading", "this that", levels="12340", without="照片|地图|菜单|笔记本|报纸|杂志|小说|题")),
    P("what.language", "{s} 会 说 什么 话", "what=什么 language=话 can=会 {s} speak=说 ?", weight=.5, s=asked),
    P("which.want", "{s} 要 {o} || {s} 想 要 {o}", "{o} do|s {s} want=要+想 ?", weight=1.5, s=asked_pronoun, o=thing(_WHICH, "which")),
    P("which.like", "{s} 喜欢 {o}", "{o} do|s {s} like=喜欢 ?", weight=1.5, s=asked, o=thing(_WHICH, "which")),
    P("which.bought", "{s} 买 了 {o}", "{o} did=了 {s} buy=买 ?", weight=1, s=asked, o=thing(_WHICH, "which")),
    P("which.yours", "{o} 是 {s} 的", "{o} is|o=是 {s.mine}=的 ?", weight=1.5, s=pronoun, o=thing(_WHICH, "which")),
    P("which.adj", "{o} 最 {a}", "{o} is|o the=最 {a.est} ?", weight=1.5, o=thing(_WHICH, "which"), a=quality_of("o")),
    P("who.like", "谁 喜欢 {o}", "who=谁 likes=喜欢 {o} ?", weight=1, o=thing("food|fruit|drink|animal|sport|media", "bare", levels="1230")),
    P("who.want", "谁 想 {v}", "who=谁 wants=想 to {v} ?", weight=1, v=_any),
    P("who.can", "谁 会 {v}", "who=谁 can=会 {v} ?", weight=1, v=activity("s")),
    P("who.can.do", "谁 能 {v} || 谁 可以 {v}", "who=谁 can=能+可以 {v} ?", weight=1, v=_any),
    P("who.best", "谁 最 {a}", "who=谁 is the=最 {a.est} ?", weight=1, a=quality("trait")),
    P("who.your", "谁 是 {s} 的 {o}", "who=谁 is=是 {s.poss}=的 {o} ?", weight=1.5, s=asked_pronoun, o=lambda rng, fill: rng.choice(_ROLES)),
    P("who.with", "{s} 跟 谁 一起 {v} || {s} 和 谁 一起 {v}", "who=谁 do|s {s} {v} with=跟+和+一起 ?", weight=1.2, s=asked, v=_doing),
    P("who.wait", "{s} 在 等 谁 || {s} 等 谁", "who=谁 is|s=在 {s} waiting=等 for=等 ?", weight=.8, s=asked),
    P("who.like.whom", "{s} 喜欢 谁", "who=谁 do|s {s} like=喜欢 ?", weight=.6, s=asked),
    P("how.do", "{o} 怎么 {v}", "how=怎么 do you {v} {o} ?", weight=1.2, o=thing("printed|device|tool", "this", levels="123"), v=fixed_verbs(("用", "use"), ("买", "buy"))),
    P("how.cook", "{o} 怎么 做", "how=怎么 do you make=做 {o} ?", weight=1, o=thing("food", "bare", levels="1230", exclude="fruit")),
    P("how.tall", "{s} 多 高 || {s} 有 多 高", "how=多 tall=高 is|s=有 {s} ?", weight=1, s=asked),
    P("how.long.thing", "{o} 有 多 长 || {o} 多 长", "how=多 long=长 is|o=有 {o} ?", weight=.8, o=thing("nature", "this that", levels="1230", without="声音|世界|太阳|月亮|环境|云|火|光")),
    P("how.learn", "{s} 怎么 学习 {l} || {s} 怎么 学 {l}", "how=怎么 do|s {s} study=学习+学 {l} ?", weight=1, s=asked, l=language),
]
_COLORS = tuple(piece(zh, en) for zh, en in (("红色", "red"), ("白色", "white"), ("黑色", "black"), ("蓝色", "blue"), ("绿色", "green"), ("黄色", "yellow"), ("灰色", "gray"), ("紫色", "purple"), ("粉色", "pink"), ("棕色", "brown")))
_ROLES = tuple(piece(zh, en) for zh, en in (("老师", "teacher"), ("朋友", "friend"), ("汉语 老师", "Chinese teacher"), ("医生", "doctor"), ("经理", "manager"), ("同学", "classmate"), ("英语 老师", "English teacher")))

_NOBODY = one_of("他")
_adverbs = [
    P("adv.still", "{s} 还 在 {v}", "{s} is|s=在 still=还 {v.ing}", weight=1.5, s=people, v=_doing),
    P("adv.again", "{s} 又 {v} 了", "{s} {v.past}=了 again=又", weight=1.5, s=people, v=_any),
    P("adv.again.will", "{s} 想 再 {v}", "{s} want|s=想 to {v} again=再", weight=1.2, s=people, v=_any),
    P("adv.only", "{s} 只 喜欢 {o}", "{s} only=只 like|s=喜欢 {o}", weight=1.2, s=person, o=thing("food|fruit|drink|animal|sport|media", "bare", levels="1230")),
    P("adv.only.have", "{s} 只 有 {o}", "{s} only=只 has|s=有 {o}", weight=1.2, s=person, o=thing("printed|clothing|object|pet", "a number")),
    P("adv.right.away", "{s} 马上 {v}", "{s} will {v} right=马上 away=马上", weight=1.2, s=people, v=_any),
    P("adv.right.away.come", "{s} 马上 就 来", "{s} will come=来 right=马上+就 away=马上+就", weight=.5, s=people),
    P("adv.together", "{s} 一起 {v}", "{s} {v|s} together=一起", weight=1.5, s=one_of("我们", "他们", "她们"), v=_doing),
    P("adv.together.past", "{s} {t} 一起 {v} 了", "{s} {v.past}=了 together=一起 {t}", weight=1.2, s=one_of("我们", "他们", "她们"), t=time("past"), v=_doing),
    P("adv.finally", "{s} 终于 {v} 了", "{s} finally=终于 {v.past}=了", weight=1.2, s=people, v=_any),
    P("adv.suddenly", "{s} 突然 {v} 了", "{s} suddenly=突然 {v.past}=了", weight=.8, s=people, v=fixed_verbs(("哭", "cry"), ("笑", "laugh"), ("走", "leave"), ("跑", "run"), ("停", "stop"))),
    P("adv.rarely", "{s} 很少 {v}", "{s} rarely=很少 {v|s}", weight=1.5, s=people, v=_any),
    P("adv.actually", "其实 {s} 不 喜欢 {v}", "actually=其实 ,  {s} don't|s=不 like=喜欢 to {v}", weight=.8, s=person, v=activity("h")),
    P("adv.of.course", "{s} 当然 喜欢 {v}", "of=当然 course=当然 {s} like|s=喜欢 to {v}", weight=.8, s=person, v=activity("h")),
    P("adv.maybe", "也许 {s} {t} 会 {v}", "maybe=也许 {s} will=会 {v} {t}", weight=1, s=people, t=time("future"), v=_any),
    P("adv.really", "{s} 真 的 很 {a}", "{s} is|s really=真+的 very=很 {a}", weight=1, s=people, a=quality()),
    P("adv.so", "{s} 这么 {a} || {s} 那么 {a}", "{s} is|s so=这么+那么 {a}", weight=.8, s=people, a=quality()),
    P("adv.especially", "{s} 特别 喜欢 {o}", "{s} especially=特别 like|s=喜欢 {o}", weight=1.2, s=person, o=thing("food|fruit|drink|animal|sport|media", "bare", levels="1230")),
    P("adv.always.progress", "{s} 一直 在 {v}", "{s} has|s=一直 been=在 {v.ing} all=一直 the time=一直", weight=1, s=people, v=_doing),
    P("adv.then", "然后 {s} {v} 了", "then=然后 {s} {v.past}=了", weight=.8, s=people, v=_any),
    P("adv.every.person", "每 个 人 都 {v}", "every=每+个 person=人 {v|x}", weight=.8, x=_NOBODY, v=_any),
    P("adv.every.like", "每 个 {o} 都 喜欢 {v}", "every=每+个 {o} likes=喜欢 to {v}", weight=1, o=lambda rng, fill: rng.choice(_EVERY), v=activity("h", "p")),
    P("adv.nobody", "没有 人 {v} || 没 人 {v}", "nobody=没有+没+人 {v|x}", weight=1, x=_NOBODY, v=_any),
    P("adv.nobody.know", "没有 人 知道 || 没 人 知道", "nobody=没有+没+人 knows=知道", weight=.5),
    P("adv.some", "有的 人 喜欢 {v} ， 有的 人 喜欢 {w}", "some=有的 people=人 like=喜欢 to {v} ,=， and some=有的 people=人 like=喜欢 to {w}", weight=1, v=activity("h", "p"), w=activity("h", "p")),
    P("adv.nothing.eat", "{s} 什么 都 不 吃 || {s} 什么 也 不 吃", "{s} don't|s=不 eat=吃 anything=什么+都+也", weight=.6, s=person),
    P("adv.nothing", "{s} 什么 都 没 {v} || {s} 什么 也 没 {v} || {s} 什么 都 没有 {v}", "{s} didn't=没+没有 {v} anything=什么+都+也", weight=1.2, s=person, v=fixed_verbs(("买", "buy"), ("吃", "eat"), ("看见", "see"), ("说", "say"), ("做", "do"), ("听见", "hear"))),
    P("adv.nothing.know", "{s} 什么 都 不 知道 || {s} 什么 也 不 知道", "{s} don't|s=不 know=知道 anything=什么+都+也", weight=.8, s=person),
    P("adv.nowhere", "{s} 哪儿 都 不 想 去 || {s} 哪儿 也 不 想 去", "{s} don't|s=不 want=想 to go=去 anywhere=哪儿+都+也", weight=.7, s=person),
    P("adv.everything", "{s} 什么 都 喜欢 {v}", "{s} like|s=喜欢 to {v} everything=什么+都", weight=.7, s=person, v=fixed_verbs(("吃", "eat"), ("看", "read"), ("学", "learn"), ("买", "buy"))),
    P("adv.even", "连 {k} 都 会 {v}", "even=连+都 {k} can=会 {v}", weight=.8, k=kin, v=activity("s")),
    P("adv.early", "{s} {t} 就 {v} 了", "{s} already=就 {v.past}=了 {t}", weight=.8, s=people, t=time("past"), v=_any),
    P("adv.almost", "{s} 差点儿 迟到 了 || {s} 差点 迟到 了", "{s} was|s=了 almost=差点儿+差点 late=迟到", weight=.4, s=people),
    P("adv.first.time", "{s} 第一 次 来 {p} || 这 是 {s} 第一 次 来 {p}", "it is=是 {s.poss} first=第一 time=次 in=来 {p}", weight=1, s=person, p=place("c")),
    P("adv.first.time.eat", "{s} 第一 次 吃 {o}", "it is {s.poss} first=第一 time=次 eating=吃 {o}", weight=.7, s=person, o=thing("food", "bare", levels="1230")),
    P("adv.self", "{s} 自己 {v} || {s} 一 个 人 {v}", "{s} {v|s} alone=自己+一+个+人", weight=1.2, s=person, v=_doing),
    P("adv.else", "{s} 还 想 {v}", "{s} also=还 want|s=想 to {v}", weight=1, s=person, v=_any),
    P("adv.else.what", "{s} 还 想 买 什么 || {s} 还 要 买 什么", "what=什么 else=还 do|s {s} want=想+要 to buy=买 ?", weight=.6, s=asked),
    P("tag.right", "{s} 是 {l} 老师 ， 对 吗 || {s} 是 {l} 老师 ， 是 吗", "{s} is|s=是 a {l} teacher=老师 ,=， right=对+是 ?", weight=.8, s=one_of("他", "她"), l=language),
    P("tag.ba", "{s} {a} 吧", "{s} must=吧 be {a}", weight=1, s=asked, a=quality("state")),
]
_EVERY = tuple(piece(zh, en) for zh, en in (("孩子", "child"), ("学生", "student"), ("人", "person"), ("女孩", "girl"), ("男孩", "boy")))

PATTERNS = [pattern for group in (_what, _adverbs) for pattern in group if pattern.weight]
