"""What people do: habits, past, future, progress, wishes, abilities; statements, negations and questions."""

# ruff: noqa: E501  (a table: one pattern a line)

from ..engine import Pattern as P
from ..people import asked, asked_pronoun, other, people
from ..pronouns import one_of, pronoun
from ..whereabouts import place
from ..times import clock, date, time
from ..verb_phrases import activity, activity_at, busy_place, does, verb_with_object

_HABIT, _PAST, _FUTURE = time("habit"), time("past"), time("future")
_vp = does()
_doing = activity("d", "p")
_STATED = dict(s=people, v=_vp)

_present = [
    P("do.now", "{s} {v}", "{s} {v|s}", weight=4, **_STATED),
    P("do.habit", "{s} {t} {v} || {t} {s} {v}", "{s} {v|s} {t}", weight=4, s=people, t=_HABIT, v=activity()),
    P("do.habit.dou", "{s} {t} 都 {v}", "{s} {v|s} {t}", weight=3, s=people, t=_HABIT, v=activity()),
    P("do.part", "{s} {t} {v}", "{s} {v|s} {t}", weight=2, s=people, t=time("part season"), v=activity()),
    P("do.not", "{s} 不 {v}", "{s} don't|s=不 {v}", weight=4, **_STATED),
    P("do.ask", "{s} {v} 吗", "do|s=吗 {s} {v} ?", weight=4, **_STATED),
    P("do.ask.habit", "{s} {t} 都 {v} 吗", "do|s=吗 {s} {v} {t} ?", s=asked, t=_HABIT, v=activity()),
    P("do.whether", "{s} {v.head} 不 {v}", "do|s=不 {s} {v} ?", weight=2, s=asked_pronoun, v=verb_with_object("bare")),
    P("do.or", "{s} {v} 还是 {w}", "do|s {s} {v} or=还是 {w} ?", s=asked, v=activity("h", "p"), w=activity("h", "p")),
    P("do.often", "{s} 经常 {v} || {s} 常常 {v} || {s} 常 {v}", "{s} often=经常+常常+常 {v|s}", weight=3, s=people, v=activity()),
    P("do.often.not", "{s} 不常 {v}", "{s} don't|s=不常 often=不常 {v}", s=people, v=activity()),
    P("do.always", "{s} 总是 {v}", "{s} always=总是 {v|s}", s=people, v=activity()),
    P("do.sometimes", "{s} 有时候 {v} || 有时候 {s} {v} || {s} 有时 {v}", "{s} sometimes=有时候+有时 {v|s}", weight=1, s=people, v=activity()),
    P("do.usually", "{s} 一般 {t} {v} || {s} 通常 {t} {v}", "{s} usually=一般+通常 {v|s} {t}", s=people, t=time("part season"), v=activity()),
    P("do.never", "{s} 从来 不 {v} || {s} 从不 {v}", "{s} never=从来+不+从不 {v|s}", weight=2, s=people, v=activity()),
    P("do.also", "{s} 也 {v}", "{s} also=也 {v|s}", weight=2, **_STATED),
    P("do.all", "{s} 都 {v}", "{s} all=都 {v|s}", s=one_of("我们", "他们", "你们", "她们"), v=_vp),
    P("do.clock", "{s} {t} {v}", "{s} {v|s} {t.at}", weight=3, s=people, t=clock, v=activity()),
    P("do.clock.daily", "{s} 每天 {t} {v}", "{s} {v|s} {t.at} every=每天 day=每天", weight=2, s=people, t=clock, v=activity()),
    P("do.clock.when", "{s} 几 点 {v}", "what=几 time=点 do|s {s} {v} ?", weight=2, s=asked, v=activity()),
    P("do.clock.daily.when", "{s} 每天 几 点 {v}", "what=几 time=点 do|s {s} {v} every=每天 day=每天 ?", weight=1, s=asked, v=activity()),
    P("do.at", "{s} 在 {p} {v}", "{s} {v|s} {p.at}=在", weight=3, s=people, p=busy_place("c"), v=activity_at("p")),
    P("do.at.not", "{s} 不 在 {p} {v}", "{s} don't|s=不 {v} {p.at}=在", s=people, p=busy_place("c"), v=activity_at("p")),
    P("do.at.where", "{s} 在 哪儿 {v} || {s} 在 哪里 {v}", "where=哪儿+哪里 do|s {s} {v} ?", weight=2, s=asked, v=_doing),
    P("do.at.habit", "{s} {t} 在 {p} {v}", "{s} {v|s} {p.at}=在 {t}", weight=2, s=people, t=_HABIT, p=busy_place("c"), v=activity_at("p")),
    P("do.with", "{s} 和 {o} 一起 {v} || {s} 跟 {o} 一起 {v}", "{s} {v|s} with=和+跟+一起 {o.obj}", weight=2, s=pronoun, o=other, v=activity("d", "p")),
    P("do.who", "谁 {v}", "who=谁 {v|x} ?", v=_vp, x=one_of("他")),
    P("do.who.every", "谁 {t} 都 {v}", "who=谁 {v|x} {t} ?", weight=.5, t=_HABIT, v=activity(), x=one_of("他")),
]

_progress = [
    P("progress.zai", "{s} 在 {v} || {s} 正在 {v} || {s} 在 {v} 呢 || {s} 正在 {v} 呢", "{s} is|s=在+正在 {v.ing}", weight=6, s=people, v=_doing),
    P("progress.now", "{s} 现在 在 {v} || 现在 {s} 在 {v} || {s} 现在 正在 {v}", "{s} is|s=在+正在 {v.ing} now=现在", weight=2, s=people, v=_doing),
    P("progress.at", "{s} 正在 {p} {v}", "{s} is|s=正在 {v.ing} {p.at}=正在", weight=1, s=people, p=busy_place("c"), v=activity_at("p")),
    P("progress.ask", "{s} 在 {v} 吗 || {s} 正在 {v} 吗", "is|s=在+正在 {s} {v.ing} ?", weight=2, s=asked, v=_doing),
    P("progress.not", "{s} 没 在 {v} || {s} 没有 在 {v}", "{s} isn't|s=没+没有+在 {v.ing}", weight=1, s=people, v=_doing),
    P("progress.what", "{s} 在 做 什么 || {s} 在 干 什么 || {s} 正在 做 什么 || {s} 在 做 什么 呢", "what=什么 is|s=在+正在 {s} doing=做+干 ?", weight=1, s=asked),
    P("progress.who", "谁 在 {v} || 谁 正在 {v}", "who=谁 is=在+正在 {v.ing} ?", v=_doing),
    P("progress.past", "{t} {s} 在 {v} || {s} {t} 在 {v}", "{s} was|s=在 {v.ing} {t}", weight=1, s=people, t=time("past"), v=_doing),
]

_past = [
    P("past.le", "{s} {v+了} || {s} {t} {v+了} || {t} {s} {v+了}", "{s} {v.past}=了 {t}", weight=0, s=people, t=_PAST, v=_vp),
    P("past.plain", "{s} {v+了}", "{s} {v.past}", weight=3, s=people, v=verb_with_object("a number this my")),
    P("past.final", "{s} {v} 了", "{s} {v.past}", weight=3, s=people, v=activity()),
    P("past.time", "{s} {t} {v} 了 || {t} {s} {v} 了 || {s} {t} {v}", "{s} {v.past} {t}", weight=4, s=people, t=_PAST, v=activity()),
    P("past.time.le", "{s} {t} {v+了} || {t} {s} {v+了}", "{s} {v.past} {t}", weight=4, s=people, t=_PAST, v=verb_with_object("a number this my")),
    P("past.not", "{s} 没 {v} || {s} 没有 {v}", "{s} didn't=没+没有 {v}", weight=3, s=people, v=_vp),
    P("past.not.time", "{s} {t} 没 {v} || {t} {s} 没 {v} || {s} {t} 没有 {v}", "{s} didn't=没+没有 {v} {t}", weight=3, s=people, t=_PAST, v=activity()),
    P("past.ask", "{s} {v} 了 吗 || {s} {v} 了 没有", "did=了+吗+没有 {s} {v} ?", weight=3, s=asked, v=activity()),
    P("past.ask.time", "{s} {t} {v} 了 吗 || {t} {s} {v} 了 吗", "did=了+吗 {s} {v} {t} ?", weight=2, s=asked, t=_PAST, v=activity()),
    P("past.at", "{s} {t} 在 {p} {v} 了 || {t} {s} 在 {p} {v} 了", "{s} {v.past} {p.at}=在 {t}", weight=1, s=people, t=_PAST, p=busy_place("c"), v=activity_at("p")),
    P("past.when", "{s} 什么 时候 {v} 的", "when=什么+时候 did=的 {s} {v} ?", weight=1, s=asked, v=activity()),
    P("past.who", "谁 {v} 了", "who=谁 {v.past} ?", v=activity()),
    P("past.already", "{s} 已经 {v} 了", "{s} has|s=了 already=已经 {v.pp}", weight=3, s=people, v=activity()),
    P("past.yet", "{s} 还 没 {v} || {s} 还 没 {v} 呢 || {s} 还 没有 {v}", "{s} hasn't|s=没+没有 {v.pp} yet=还", weight=3, s=people, v=activity()),
    P("past.just", "{s} 刚 {v} || {s} 刚刚 {v}", "{s} just=刚+刚刚 {v.past}", s=people, v=activity()),
    P("past.together", "{s} {t} 和 {o} 一起 {v} 了 || {t} {s} 跟 {o} 一起 {v} 了", "{s} {v.past} with=和+跟+一起 {o.obj} {t}", s=pronoun, t=_PAST, o=other, v=activity("", "p")),
    P("past.what", "{s} {t} 做 什么 了 || {t} {s} 做 什么 了 || {t} {s} 做 了 什么", "what=什么 did=了 {s} do=做 {t} ?", weight=1, s=asked, t=_PAST),
    P("past.begin", "{s} 开始 {v} 了", "{s} started=开始+了 {v.ing}", s=people, v=_doing),
]

_experience = [
    P("guo.done", "{s} {v+过}", "{s} has|s=过 {v.pp}", weight=3, s=people, v=verb_with_object("bare this")),
    P("guo.activity", "{s} {v+过}", "{s} has|s=过 {v.pp}", weight=2, s=people, v=activity("h")),
    P("guo.never", "{s} 没 {v+过} || {s} 没有 {v+过}", "{s} hasn't|s=没+没有+过 {v.pp}", weight=3, s=people, v=activity("h")),
    P("guo.never.ever", "{s} 从来 没 {v+过} || {s} 从来 没有 {v+过}", "{s} has|s=过 never=从来+没+没有 {v.pp}", weight=2, s=people, v=activity("h")),
    P("guo.ask", "{s} {v+过} 吗 || {s} {v+过} 没有", "has|s=过 {s} ever=过 {v.pp} ?", weight=3, s=asked, v=activity("h")),
    P("guo.place", "{s} 去 过 {p}", "{s} has|s=过 been=去 {p.to}", weight=2, s=people, p=place("-c")),
    P("guo.place.not", "{s} 没 去 过 {p} || {s} 没有 去 过 {p}", "{s} hasn't|s=没+没有+过 been=去 {p.to}", weight=2, s=people, p=place("-c")),
    P("guo.place.ask", "{s} 去 过 {p} 吗", "has|s=过 {s} ever=过 been=去 {p.to} ?", weight=2, s=asked, p=place("-c")),
    P("guo.place.past", "{s} {t} 去 过 {p}", "{s} went=去+过 {p.to} {t}", s=people, t=_PAST, p=place("c")),
]

_future = [
    P("will.time", "{s} {t} {v} || {t} {s} {v}", "{s} will {v} {t}", weight=3, s=people, t=time("future day"), v=activity()),
    P("will.hui", "{s} {t} 会 {v} || {t} {s} 会 {v}", "{s} will=会 {v} {t}", weight=3, s=people, t=time("future day"), v=activity()),
    P("will.not", "{s} {t} 不 {v} || {t} {s} 不 {v}", "{s} won't=不 {v} {t}", weight=2, s=people, t=time("future day"), v=activity()),
    P("will.buhui", "{s} {t} 不会 {v}", "{s} won't=不会 {v} {t}", weight=1, s=people, t=time("future"), v=activity()),
    P("will.ask", "{s} {t} {v} 吗 || {t} {s} {v} 吗", "will=吗 {s} {v} {t} ?", weight=2, s=asked, t=time("future day"), v=activity()),
    P("will.hui.ask", "{s} {t} 会 {v} 吗", "will=会 {s} {v} {t} ?", weight=1, s=asked, t=time("future"), v=activity()),
    P("will.when", "{s} 什么 时候 {v}", "when=什么+时候 will {s} {v} ?", weight=2, s=asked, v=activity()),
    P("will.what", "{s} {t} 做 什么 || {t} {s} 做 什么", "what=什么 will {s} do=做 {t} ?", weight=1, s=asked, t=time("future day")),
    P("going.to", "{s} 要 {v}", "{s} is|s=要 going=要 to {v}", weight=3, s=people, v=activity()),
    P("going.to.time", "{s} {t} 要 {v} || {t} {s} 要 {v}", "{s} is|s=要 going=要 to {v} {t}", weight=3, s=people, t=time("future day"), v=activity()),
    P("going.to.ask", "{s} {t} 要 {v} 吗", "is|s=要 {s} going=要 to {v} {t} ?", weight=1, s=asked, t=time("future day"), v=activity()),
    P("plan.to", "{s} 打算 {v}", "{s} plan|s=打算 to {v}", weight=2, s=people, v=activity()),
    P("plan.to.time", "{s} 打算 {t} {v} || {s} {t} 打算 {v}", "{s} plan|s=打算 to {v} {t}", weight=2, s=people, t=time("future day"), v=activity()),
    P("plan.what", "{s} {t} 打算 做 什么 || {t} {s} 打算 做 什么", "what=什么 do|s {s} plan=打算 to do=做 {t} ?", s=asked, t=time("future day")),
    P("about.to", "{s} 就要 {v} 了 || {s} 快要 {v} 了 || {s} 快 {v} 了", "{s} is|s=就要+快要+快+了 about=就要+快要+快 to {v}", weight=2, s=people, v=activity()),
    P("will.date", "{s} {t} {v}", "{s} will {v} {t.on}", weight=1, s=people, t=date, v=activity()),
    P("going.clock", "{s} {t} 要 {v} || {t} {s} 要 {v}", "{s} is|s=要 going=要 to {v} {t.at}", s=people, t=clock, v=activity()),
]

PATTERNS = [*_present, *_progress, *[p for p in _past if p.weight], *_experience, *_future]
