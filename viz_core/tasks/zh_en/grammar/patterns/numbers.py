"""How many, how much, how old, when: numbers, money, dates, clock times, durations."""

# ruff: noqa: E501  (a table: one pattern a line)

from ..amounts import age, number_between, price, times_count, year
from ..engine import Pattern as P
from ..people import asked, kin, people, person
from ..pronouns import one_of, pronoun
from ..things import thing
from ..whereabouts import place
from ..times import clock, date, duration, month, time, weekday
from ..verb_phrases import activity
from ..pieces import verb_piece
from ..lexicon import Weighted

_small = "printed|device|clothing|tool|object|container"
_sold = "fruit|clothing|object|printed|device|drink|food|own_vehicle|furniture"
_LONG = Weighted([verb_piece(zh, en) for zh, en in (
    ("学 汉语", "study Chinese"), ("看 电视", "watch TV"), ("睡 觉", "sleep=1+2"), ("游 泳", "swim=1+2"), ("看 书", "read books"), ("上 网", "surf=1 the Internet=2"),
    ("学 英语", "study English"), ("做 作业", "do homework"), ("开 车", "drive=1+2"), ("跑 步", "run=1+2"), ("打 篮球", "play basketball"), ("听 音乐", "listen to music"),
    ("写 作业", "do homework"), ("弹 钢琴", "play the piano"), ("唱 歌", "sing=1+2"), ("聊 天", "chat=1+2"), ("坐 火车", "take the train"), ("打 电话", "talk=1+2 on the phone=2"),
    ("跳 舞", "dance=1+2"), ("散 步", "take=1+2 a walk=1+2"), ("画 画", "draw=1 pictures=2"), ("教 英语", "teach English"), ("等 车", "wait for=1 the bus=2"), ("踢 足球", "play football"),
    ("玩 游戏", "play games"), ("看 电影", "watch movies"), ("开 会", "have=1 a meeting=2"), ("上 课", "have=1 class=2"), ("爬 山", "climb mountains"))])  # fmt: skip
_ALONE = Weighted([verb_piece(zh, en) for zh, en in (("工作", "work"), ("学习", "study"), ("休息", "rest"), ("等", "wait"), ("睡", "sleep"), ("练习", "practice"), ("运动", "exercise"), ("走", "walk"), ("玩", "play"))])


def lasting(rng, fill):
    """A verb and an object that can take hours."""
    return _LONG.draw(rng)


def lasting_alone(rng, fill):
    """A verb without object that can take hours."""
    return _ALONE.draw(rng)


_count = [
    P("how.many.have", "{s} 有 {o}", "{o} do|s {s} have=有 ?", weight=2, s=asked, o=thing(_small + "|kin|pet", "howmany", levels="1230", without="爸爸|妈妈|丈夫|妻子|爷爷|奶奶")),
    P("how.many.there", "{p} 有 {o}", "{o} are=有 there=有 {p.at} ?", weight=1, p=place("-rs"), o=thing("person", "howmany", levels="1230", exclude="kin|profession")),
    P("how.many.family", "{s} 家 有 几 口 人 || {s} 家 几 口 人", "how=几 many=几 people=口+人 are=有 there=有 in {s.poss} family=家 ?", weight=1.5, s=asked),
    P("family.size.of", "{s} 家 有 {n} 口 人", "there=有 are=有 {n} people=口+人 in {s.poss} family=家", weight=1.5, s=pronoun, n=number_between(3, 8)),
    P("class.size", "{s} 班 有 {n} 个 学生", "there=有 are=有 {n} students=学生 in {s.poss} class=班", weight=1, s=one_of("我们", "他们", "你们"), n=number_between(10, 60)),
    P("number.bare", "{n}", "{n}", weight=2, kind="phrase", n=number_between(0, 9999)),
    P("number.small", "{n}", "{n}", weight=2, kind="phrase", n=number_between(0, 100)),
]

_money = [
    P("price.is", "{o} {m}", "{o} cost|o {m}", weight=2, o=thing(_sold, "this that"), m=price),
    P("price.bare", "{m}", "{m}", weight=1, kind="phrase", m=price),
    P("price.ask.this", "{o} 多少 钱", "how=多少 much=多少+钱 is|o {o} ?", weight=4, o=thing(_sold, "this that my")),
    P("price.ask.bare", "{o} 多少 钱", "how=多少 much=多少+钱 is|o {o} ?", weight=1.5, o=thing("fruit|drink|food", "bare")),
    P("price.ask.short", "多少 钱", "how=多少 much=多少+钱 is it ?", weight=.7),
    P("price.ask.this.bare", "这个 多少 钱", "how=多少 much=多少+钱 is this=这个 ?", weight=1),
    P("price.ask.one", "{o} 多少 钱 一 斤", "how=多少 much=多少+钱 is|o a=一 jin=斤 of {o} ?", weight=.8, o=thing("fruit", "bare")),
    P("price.spend", "{s} 花 了 {m}", "{s} spent=花+了 {m}", weight=1.5, s=person, m=price),
    P("price.spend.ask", "{s} 花 了 多少 钱", "how=多少 much=多少 money=钱 did=了 {s} spend=花 ?", weight=1, s=asked),
    P("money.have.ask", "{s} 有 多少 钱", "how=多少 much=多少 money=钱 do|s {s} have=有 ?", weight=1, s=asked),
    P("money.have", "{s} 有 {m}", "{s} has|s=有 {m}", weight=1, s=person, m=price),
    P("price.cheaper", "便宜 一点儿 吧 || 便宜 一点 吧 || 便宜 点儿 吧", "please=吧 make it a little=一点儿+一点+点儿 cheaper=便宜", weight=.6),
    P("price.cheaper.ask", "能 便宜 一点儿 吗 || 可以 便宜 一点儿 吗 || 能 便宜 点儿 吗", "can=能+可以 it be a little=一点儿+点儿 cheaper=便宜 ?", weight=.6),
    P("price.too", "太 贵 了 ， 便宜 一点儿 吧", "it is too=太+了 expensive=贵 ,=， please=吧 make it a little=一点儿 cheaper=便宜", weight=.5),
]

_age = [
    P("age.is", "{s} {a} || {s} 今年 {a} || {s} {a} 了", "{s} is|s {a}", weight=4, s=person, a=age),
    P("age.ask", "{s} 多大 || {s} 今年 多大 || {s} 多 大 了 || {s} 今年 多 大 了", "how=多大+多 old=多大+大 is|s {s} ?", weight=2, s=asked),
    P("age.ask.child", "{s} 几 岁 || {s} 今年 几 岁 了 || {s} 几 岁 了", "how=几 old=岁 is|s {s} ?", weight=1.5, s=asked),
    P("age.born", "{s} 是 {y} 出生 的 || {s} {y} 出生", "{s} was|s born=出生 {y.in}", weight=1.5, s=person, y=year),
    P("age.birthday", "{s} 的 生日 是 {d}", "{s.poss}=的 birthday=生日 is=是 {d}", weight=1.5, s=person, d=date),
    P("age.birthday.ask", "{s} 的 生日 是 几 月 几 号 || {s} 的 生日 是 哪 天 || {s} 的 生日 是 什么 时候", "when=几+月+号+哪+天+什么+时候 is=是 {s.poss}=的 birthday=生日 ?", weight=1, s=asked),
    P("age.birthday.today", "今天 是 {s} 的 生日", "today=今天 is=是 {s.poss}=的 birthday=生日", weight=1, s=person),
    P("age.older", "{s} 比 {o} 大 {n} 岁", "{s} is|s {n} years=岁 older=大 than=比 {o.obj}", weight=1.5, s=pronoun, o=kin, n=number_between(2, 10)),
]

_dates = [
    P("date.today", "今天 是 {d} || 今天 {d}", "today=今天 is=是 {d}", weight=1.5, d=date),
    P("date.tomorrow", "明天 是 {d} || 明天 {d}", "tomorrow=明天 is=是 {d}", weight=1, d=date),
    P("date.ask", "今天 是 几 月 几 号 || 今天 几 月 几 号 || 今天 几 号", "what=几 date=月+号 is=是 today=今天 ?", weight=.8),
    P("day.today", "今天 是 {d} || 今天 {d}", "today=今天 is=是 {d}", weight=1.5, d=weekday),
    P("day.tomorrow", "明天 是 {d} || 明天 {d}", "tomorrow=明天 is=是 {d}", weight=1, d=weekday),
    P("day.yesterday", "昨天 是 {d} || 昨天 {d}", "yesterday=昨天 was=是 {d}", weight=1, d=weekday),
    P("day.ask", "今天 是 星期 几 || 今天 星期 几 || 今天 周 几", "what=几 day=星期+周 is=是 today=今天 ?", weight=1),
    P("day.ask.tomorrow", "明天 是 星期 几 || 明天 星期 几", "what=几 day=星期 is=是 tomorrow=明天 ?", weight=.6),
    P("clock.now", "现在 {t} || 现在 是 {t} || 现在 {t} 了", "it is=是 {t} now=现在", weight=2.5, t=clock),
    P("clock.ask", "现在 几 点 || 现在 几 点 了 || 几 点 了", "what=几 time=点 is it now=现在 ?", weight=1),
    P("clock.bare", "{t}", "{t}", weight=1.5, kind="phrase", t=clock),
    P("date.bare", "{d}", "{d}", weight=1, kind="phrase", d=date),
    P("month.do", "{s} {m} 去 {p}", "{s} will go=去 {p.to} {m.in}", weight=1, s=people, m=month, p=place("c")),
    P("year.do", "{s} {y} 来 {p} 了 || {s} 是 {y} 来 {p} 的", "{s} came=来+了+的 {p.to} {y.in}", weight=1, s=people, y=year, p=place("c")),
    P("meeting.at", "{o} {t} 开始", "{o} start|o=开始 {t.at}", weight=1.5, t=clock, o=thing("event|media", "the", levels="123", without="生日|旅游|周末|检查|节日|音乐|新闻")),
    P("meeting.when", "{o} 几 点 开始 || {o} 什么 时候 开始", "when=几+点+什么+时候 do|o {o} start=开始 ?", weight=1.5, o=thing("event|media", "the", levels="123", without="生日|旅游|周末|检查|节日|音乐|新闻")),
    P("from.to.clock", "{s} 从 {t} 到 {u} 工作", "{s} work|s=工作 from=从 {t} to=到 {u}", weight=1, s=person, t=clock, u=clock),
]

_long = [
    P("long.learned", "{s} {v.head} 了 {d} {v.rest}", "{s} {v.past} for {d}", weight=3, s=people, v=lasting, d=duration()),
    P("long.de", "{s} {v.head} 了 {d} 的 {v.rest}", "{s} {v.past} for {d}", weight=2, s=people, v=lasting, d=duration("小时 天 分钟")),
    P("long.still", "{s} {v.head} 了 {d} {v.rest} 了 || {s} {v} 已经 {d} 了", "{s} has|s=了 been=了 {v.ing} for {d}", weight=2, s=people, v=lasting, d=duration("年 月 小时 星期")),
    P("long.alone", "{s} {v} 了 {d}", "{s} {v.past} for {d}", weight=2, s=people, v=lasting_alone, d=duration()),
    P("long.alone.time", "{s} {t} {v} 了 {d}", "{s} {v.past} for {d} {t}", weight=1.5, s=people, t=time("past"), v=lasting_alone, d=duration("小时 分钟")),
    P("long.daily", "{s} 每天 {v} {d}", "{s} {v|s} for {d} every=每天 day=每天", weight=2, s=people, v=lasting_alone, d=duration("小时 分钟")),
    P("long.ask", "{s} {v.head} 了 多长时间 {v.rest} || {s} {v.head} 了 多久 {v.rest}", "how=多长时间+多久 long=多长时间+多久 did=了 {s} {v} ?", weight=1.5, s=asked, v=lasting),
    P("long.ask.still", "{s} {v.head} 了 多长时间 {v.rest} 了 || {s} {v.head} {v.rest} {v.head} 了 多久 了", "how=多长时间+多久 long=多长时间+多久 has|s=了 {s} been=了 {v.ing} ?", weight=1, s=asked, v=lasting),
    P("long.live", "{s} 在 {p} 住 了 {d}", "{s} lived=住+了 {p.at}=在 for {d}", weight=1.5, s=people, p=place("c"), d=duration("年 月 星期 天")),
    P("long.live.still", "{s} 在 {p} 住 了 {d} 了", "{s} has|s=了 lived=住 {p.at}=在 for {d}", weight=1.5, s=people, p=place("c"), d=duration("年 月 星期 天")),
    P("long.need", "从 {p} 到 {q} 要 {d} || 从 {p} 到 {q} 需要 {d}", "it takes=要+需要 {d} to get {p.from}=从 {q.to}=到", weight=1.5, p=place("-s"), q=place("-s"), d=duration("小时 分钟")),
    P("long.need.ask", "从 {p} 到 {q} 要 多长时间 || 从 {p} 到 {q} 需要 多长时间", "how=多长时间 long=多长时间 does=要+需要 it take=要+需要 to get {p.from}=从 {q.to}=到 ?", weight=1, p=place("-s"), q=place("-s")),
    P("long.later", "{d} 以后 ， {s} {v} 了 || {d} 后 ， {s} {v} 了", "{s} {v.past} {d} later=以后+后", weight=1, s=people, v=activity(), d=duration("年 月 天 小时 分钟")),
    P("long.bare", "{d}", "{d}", weight=1, kind="phrase", d=duration()),
    P("times.been", "{s} 去 过 {n} {p} || {s} 去 过 {p} {n}", "{s} has|s=过 been=去 {p.to} {n}", weight=1.5, s=people, n=times_count, p=place("c")),
    P("times.seen", "{o} {s} 看 过 {n}", "{s} has|s=过 seen=看 {o} {n}", weight=1, s=pronoun, n=times_count, o=thing("media", "this that", levels="123", without="音乐|新闻|游戏|节目")),
    P("times.week", "{s} 每 个 星期 {v.head} {n} {v.rest}", "{s} {v|s} {n} every=每+个 week=星期", weight=1, s=people, n=times_count, v=lasting),
    P("times.ask", "{s} 去 过 几 次 {p}", "how=几 many=几 times=次 has|s=过 {s} been=去 {p.to} ?", weight=1, s=asked, p=place("c")),
    P("minutes.wait", "请 等 {d}", "please=请 wait=等 for {d}", weight=.7, d=duration("分钟")),
]

PATTERNS = [pattern for group in (_count, _money, _age, _dates, _long) for pattern in group if pattern.weight]
