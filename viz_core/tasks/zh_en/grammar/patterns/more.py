"""General statements and small situations: what things are like, change of habit, forgetting, trying, facts about places."""

# ruff: noqa: E501  (a table: one pattern a line)

from ..adjectives import quality, quality_of
from ..amounts import number_between
from ..completions import fixed_verbs
from ..engine import Pattern as P, Phrase
from ..english import ordinal_words
from ..furnishing import spot
from ..nouns import city, country, job
from ..lexicon import Weighted
from ..people import acquaintance, asked, asked_pronoun, chinese_name, kin, name, other, people, person
from ..pieces import piece
from ..pronouns import one_of, pronoun
from ..things import thing
from ..times import chinese_number, clock, duration
from ..verb_phrases import activity
from ..whereabouts import place

_any = activity("", "p")
_doing = activity("d", "p")
_GENERAL = "fruit|food|drink|animal|vehicle|clothing|device"
_MINE = "printed|clothing|device|tool|object"


def _pick(*pairs: tuple[str, str], person: str = "3s"):
    options = Weighted([piece(zh, en, person) for zh, en in pairs])
    return lambda rng, fill: options.draw(rng)


def floor(rng, fill):
    """三楼 → *the third floor*."""
    value = rng.randrange(1, 13)
    return Phrase((chinese_number(value), "楼"), {"": (("the", ()), (ordinal_words(value), (0,)), ("floor", (1,)))})


def ordinal(rng, fill):
    """第三 → *third*."""
    value = rng.randrange(1, 13)
    return Phrase(("第" + chinese_number(value),), {"": ((ordinal_words(value), (0,)),)})


_CAPITALS = tuple((piece(a, b), piece(c, d)) for a, b, c, d in (
    ("北京", "Beijing", "中国", "China"), ("巴黎", "Paris", "法国", "France"), ("伦敦", "London", "英国", "Britain"), ("东京", "Tokyo", "日本", "Japan"), ("首尔", "Seoul", "韩国", "South Korea"),
    ("柏林", "Berlin", "德国", "Germany"), ("罗马", "Rome", "意大利", "Italy"), ("莫斯科", "Moscow", "俄罗斯", "Russia"), ("曼谷", "Bangkok", "泰国", "Thailand"), ("河内", "Hanoi", "越南", "Vietnam"),
    ("马德里", "Madrid", "西班牙", "Spain"), ("华盛顿", "Washington", "美国", "America"), ("开罗", "Cairo", "埃及", "Egypt")))  # fmt: skip


def capital(rng, fill):
    """A capital city."""
    return rng.choice(_CAPITALS)[0]


def its_country(rng, fill):
    """The country of the capital in slot ``c``."""
    return dict((a.zh, b) for a, b in _CAPITALS)[fill["c"].zh]


_PLACE_ADJ = _pick(("大", "big"), ("漂亮", "beautiful"), ("有名", "famous"), ("美丽", "beautiful"), ("小", "small"), ("现代", "modern"), ("安静", "quiet"))
_BODY = tuple((piece(zh, en, "pl" if many else "3s"), adjectives) for zh, en, many, adjectives in (
    ("眼睛", "eyes", True, "大 big|小 small|漂亮 beautiful"), ("头发", "hair", False, "长 long|短 short|漂亮 beautiful|黑 black"), ("个子", "height", False, ""), ("手", "hands", True, "大 big|小 small|冷 cold"),
    ("鼻子", "nose", False, "大 big|小 small|高 high"), ("腿", "legs", True, "长 long|短 short"), ("脸", "face", False, "红 red|圆 round|漂亮 beautiful"), ("耳朵", "ears", True, "大 big|小 small"), ("嘴", "mouth", False, "大 big|小 small")) if adjectives)  # fmt: skip


def body(rng, fill):
    """眼睛 → *eyes*."""
    return rng.choice(_BODY)[0]


def looks(rng, fill):
    """How the body part in slot ``b`` looks."""
    options = next(adjectives for part, adjectives in _BODY if part.zh == fill["b"].zh).split("|")
    return piece(*rng.choice(options).split())


_things = [
    P("general.adj", "{o} 很 {a}", "{o} is|o very=很 {a}", weight=4, o=thing(_GENERAL, "bare", levels="1230"), a=quality_of("o")),
    P("general.adj.not", "{o} 不 {a}", "{o} isn't|o=不 {a}", weight=1.5, o=thing(_GENERAL, "bare", levels="1230"), a=quality_of("o", True)),
    P("general.adj.ask", "{o} {a} 吗", "is|o {o} {a} ?", weight=1.5, o=thing(_GENERAL, "bare", levels="1230"), a=quality_of("o", True)),
    P("general.adj.too", "{o} 太 {a} 了", "{o} is|o too=太+了 {a}", weight=1.5, o=thing(_GENERAL, "bare", levels="1230"), a=quality_of("o")),
    *(P(f"general.than.{kind}", "{o} 比 {q} {a}", "{o} is|o {a.er} than=比 {q}", weight=.8, o=thing(kind, "bare", levels="1230"), q=thing(kind, "bare", levels="1230"), a=quality_of("o"))
      for kind in ("fruit", "animal", "vehicle", "device")),
    P("general.health.good", "{o} 对 身体 很 好", "{o} is|o very=很 good=好 for=对 health=身体", weight=1, o=thing("fruit|drink|sport", "bare", levels="1230", without="啤酒|酒|白酒|可乐")),
    P("general.health.bad", "{o} 对 身体 不 好", "{o} isn't|o=不 good=好 for=对 health=身体", weight=.7, o=_pick(("抽 烟", "smoking=1+2"), ("喝 酒", "drinking=1 alcohol=2"), ("啤酒", "beer"), ("可乐", "cola"), ("太 累", "being too=1 tired=2"))),
    P("place.adj", "{o} 很 {a}", "{o} is|o very=很 {a}", weight=2, o=thing("room|job_place", "the", levels="1230"), a=quality_of("o")),
    P("place.adj.city", "{c} 很 {a}", "{c} is very=很 {a}", weight=1.5, c=city, a=_PLACE_ADJ),
    P("place.city.is", "{c} 是 一 个 很 {a} 的 城市", "{c} is=是 a=一+个 very=很 {a}=的 city=城市", weight=1.5, c=city, a=_PLACE_ADJ),
    P("place.country.is", "{c} 是 一 个 很 {a} 的 国家", "{c} is=是 a=一+个 very=很 {a}=的 country=国家", weight=1.5, c=country, a=_PLACE_ADJ),
    P("place.capital", "{c} 是 {k} 的 首都", "{c} is=是 the capital=首都 of=的 {k}", weight=1.2, c=capital, k=its_country),
    P("place.capital.ask", "{k} 的 首都 是 哪儿 || {k} 的 首都 是 哪里 || {k} 的 首都 在 哪儿", "where=哪儿+哪里 is=是+在 the capital=首都 of=的 {k} ?", weight=.7, c=capital, k=its_country),
    P("place.world.most", "世界 上 最 {a} 的 {o}", "the=最 {a.est}=的 {o} in=上 the world=世界", weight=1.5, kind="phrase", o=thing("animal|building|nature|city|vehicle|reading", "kind", levels="1230", without="世界|声音"), a=quality_of("o")),
    P("place.world.most.is", "{q} 是 世界 上 最 {a} 的 {o}", "{q} is=是 the=最 {a.est}=的 {o} in=上 the world=世界", weight=1, q=_pick(("这", "this"), ("那", "that")), o=thing("animal|building|reading|food|media", "kind", levels="1230"), a=quality_of("o")),
    P("where.animal", "{o} 在 {p}", "{o} is|o=在 {p}", weight=2, o=thing("pet", "the my"), p=spot("上 上面 里 里面 下 下面 旁边")),
    P("where.handy", "{o} 在 {p}", "{o} is|o=在 {p}", weight=2, o=thing(_MINE, "the", levels="123"), p=spot("上 上面 里 里面 下面 旁边")),
    P("where.handy.ask", "{o} 在 {p} 吗", "is|o=在 {o} {p} ?", weight=1.2, o=thing(_MINE, "the my", levels="123"), p=spot("上 上面 里 里面 下面 旁边")),
    P("where.handy.not", "{o} 不 在 {p}", "{o} isn't|o=不+在 {p}", weight=1.2, o=thing(_MINE, "the my", levels="123"), p=spot("上 上面 里 里面 下面 旁边")),
    P("where.home.ask", "{s} 家 在 哪儿 || {s} 的 家 在 哪里 || {s} 家 在 哪里", "where=哪儿+哪里 is=在 {s.poss}=的 home=家 ?", weight=1, s=asked_pronoun),
    P("season.come", "{t} 来 了 || {t} 到 了", "{t} has=了 come=来+到", weight=.6, t=_pick(("春天", "spring"), ("夏天", "summer"), ("秋天", "autumn"), ("冬天", "winter"))),
    P("floor.live", "{s} 住 在 {f}", "{s} live|s=住 on=在 {f}", weight=1.2, s=person, f=floor),
    P("floor.is", "{o} 在 {f}", "{o} is|o=在 on=在 {f}", weight=1, o=thing("room", "the"), f=floor),
    P("ordinal.np", "{n} 个 {o}", "the {n} {o}", weight=1.5, kind="phrase", n=ordinal, o=_pick(("问题", "question"), ("学生", "student"), ("人", "person"), ("孩子", "child"), ("月", "month"), ("星期", "week"), ("字", "character"))),
    P("vehicle.leave", "{o} {t} 开", "{o} leave|o=开 {t.at}", weight=1, o=_pick(("火车", "the train"), ("汽车", "the bus")), t=clock),
    P("vehicle.take.off", "飞机 {t} 起飞", "the plane=飞机 takes=起飞 off=起飞 {t.at}", weight=.8, t=clock),
    P("vehicle.take.off.ask", "飞机 几 点 起飞 || 飞机 什么 时候 起飞", "when=几+点+什么+时候 does the plane=飞机 take=起飞 off=起飞 ?", weight=.6),
    P("vehicle.arrive.ask", "{o} 几 点 到 || {o} 什么 时候 到", "when=几+点+什么+时候 does {o} arrive=到 ?", weight=.7, o=_pick(("火车", "the train"), ("飞机", "the plane"), ("公共汽车", "the bus"))),
    P("vehicle.about", "{o} 快 要 开 了 || {o} 要 开 了", "{o} is=了 about=快+要 to leave=开", weight=.6, o=_pick(("火车", "the train"), ("汽车", "the bus"))),
    P("body.looks", "{s} 的 {b} 很 {a}", "{s.poss}=的 {b} is|b very=很 {a}", weight=2, s=pronoun, b=body, a=looks),
    P("body.looks.kin", "{s} 的 {b} 很 {a}", "{s.poss}=的 {b} is|b very=很 {a}", weight=1, s=kin, b=body, a=looks),
    P("body.has", "{s} 有 一 双 大 眼睛", "{s} has|s=有 a=一 pair=双 of=双 big=大 eyes=眼睛", weight=.4, s=one_of("她", "他")),
    P("school.has", "{s} 学校 有 {o} || {s} 的 学校 有 {o}", "{s.poss}=的 school=学校 has=有 {o}", weight=1, s=one_of("我们", "他们", "你们"), o=thing("room|building|job_place|person", "a number", levels="123", exclude="kin", without="学校|机场|火车站|饭店|宾馆|门|公司")),
]

_people = [
    P("who.is", "{s} 是 {k}", "{s} is|s=是 {k}", weight=3, s=one_of("他", "她"), k=acquaintance),
    P("who.is.kin", "{s} 是 {k}", "{s} is|s=是 {k}", weight=2, s=chinese_name, k=kin),
    P("who.is.not", "{s} 不是 {k}", "{s} isn't|s=不是 {k}", weight=1.5, s=one_of("他", "她"), k=acquaintance),
    P("who.is.ask", "{s} 是 {k} 吗", "is|s=是 {s} {k} ?", weight=2, s=one_of("他", "她"), k=acquaintance),
    P("who.is.name", "我 是 {n}", "I=我 am=是 {n}", weight=1.2, n=name),
    P("who.is.that.name", "{s} 是 {n}", "{s} is|s=是 {n}", weight=1, s=one_of("他", "她"), n=name),
    P("change.no.more", "{s} 不 {v} 了", "{s} don't|s=不 {v} anymore=了", weight=2, s=people, v=_any),
    P("change.can", "{s} 会 {v} 了", "{s} can=会 {v} now=了", weight=1.2, s=people, v=activity("s")),
    P("change.more", "{s} 越来越 {a} 了 || {s} 越来越 {a}", "{s} is|s becoming=越来越 {a.growing}", weight=2, s=people, a=quality()),
    P("change.more.weather", "天气 越来越 {a} 了 || 天气 越来越 {a}", "the weather=天气 is becoming=越来越 {a}", weight=1, a=_pick(("冷", "colder=1 and= colder=1"), ("热", "hotter=1 and= hotter=1"))),
    P("change.more.like", "{s} 越来越 喜欢 {o}", "{s} like|s=喜欢 {o} more=越来越 and=越来越 more=越来越", weight=1.5, s=person, o=thing("food|fruit|drink|animal|subject|media|sport", "bare", levels="1230")),
    P("change.more.like.place", "{s} 越来越 喜欢 {p}", "{s} like|s=喜欢 {p} more=越来越 and=越来越 more=越来越", weight=1, s=person, p=place("c")),
    P("forget.bring", "{s} 忘 了 带 {o}", "{s} forgot=忘+了 to bring=带 {o}", weight=1.5, s=people, o=thing("printed|tool|object|device", "my a", levels="123")),
    P("forget.do", "{s} 忘 了 {v}", "{s} forgot=忘+了 to {v}", weight=1.5, s=people, v=_any),
    P("forget.what", "{s} 忘 了 {q}", "{s} forgot=忘+了 {q}", weight=.8, s=people, q=_pick(("你 的 名字", "your=1+2 name=3"), ("他 的 名字", "his=1+2 name=3"), ("密码", "the password"), ("这 件 事", "this=1+2 thing=3"))),
    P("remember.ask", "{s} 还 记得 {o} 吗", "do|s=吗 {s} still=还 remember=记得 {o.obj} ?", weight=1, s=one_of("你", "你们"), o=one_of("我", "他", "她", "我们")),
    P("known.long", "{s} 认识 {d} 了 || {s} 已经 认识 {d} 了", "{s} has|s=了 known=认识 each other for {d}", weight=1.2, s=one_of("我们", "他们"), d=duration("年 月")),
    P("someone.doing", "有 人 在 {v}", "someone=有+人 is=在 {v.ing}", weight=1, v=_doing),
    P("someone.wait", "有 人 在 等 {s}", "someone=有+人 is=在 waiting=等 for=等 {s.obj}", weight=.6, s=pronoun),
    P("someone.at", "{p} 有 人 吗", "is=有 there=有 anyone=人 {p.at} ?", weight=.7, p=place("-rs")),
    P("let.me", "让 我 {v}", "let=让 me=我 {v}", weight=1.2, v=_any),
    P("want.look", "{s} 想 看看 {o} || {s} 想 看 一下 {o} || {s} 想 看 一 看 {o}", "{s} want|s=想 to have=看看+看 a look=看看+一下+一 at=看看+看 {o}", weight=1.5, s=person, o=thing("printed|clothing|device|object", "this that my")),
    P("please.look", "请 看 一下 {o} || 请 看看 {o}", "please=请 have=看+看看 a look=一下+看看 at=看+看看 {o}", weight=1, o=thing("printed|device|object", "this that my")),
    P("try.on.want", "{s} 想 试试 {o} || {s} 想 试 一下 {o}", "{s} want|s=想 to try=试试+试+一下 on=试试+试 {o}", weight=1.2, s=person, o=thing("clothing", "this that")),
    P("try.on.ask", "{s} 可以 试试 {o} 吗 || {s} 可以 试 一下 {o} 吗", "may=可以 {s} try=试试+试+一下 on=试试+试 {o} ?", weight=1.2, s=one_of("我", "我们"), o=thing("clothing", "this that")),
    P("little.drink", "{s} 想 喝 一点儿 {o} || {s} 想 喝 点儿 {o}", "{s} want|s=想 to drink=喝 a little=一点儿+点儿 {o}", weight=1.2, s=person, o=thing("drink", "bare", levels="1230", without="饮料|鸡尾酒")),
    P("slowly", "慢慢 {v}", "{v} slowly=慢慢", weight=.8, v=fixed_verbs(("吃", "eat"), ("说", "speak"), ("走", "walk"), ("看", "read"), ("写", "write"), ("喝", "drink"))),
    P("busy.daily", "{s} 每天 都 很 {a}", "{s} is|s very=很 {a} every=每天 day=每天+都", weight=1.5, s=people, a=quality("state")),
    P("busy.recent", "{s} 最近 很 {a} || 最近 {s} 很 {a}", "{s} has|s been very=很 {a} recently=最近", weight=1.5, s=people, a=quality("state")),
    P("busy.now", "{s} 现在 很 {a} || 现在 {s} 很 {a}", "{s} is|s very=很 {a} now=现在", weight=1.5, s=people, a=quality("state")),
    P("busy.not.today", "{s} 今天 不 {a} || 今天 {s} 不 {a}", "{s} isn't|s=不 {a} today=今天", weight=1, s=people, a=_pick(("忙", "busy"), ("累", "tired"), ("高兴", "happy"), ("舒服", "well"), ("开心", "happy"))),
    P("busy.ask.today", "{s} 今天 忙 吗 || {s} 今天 忙 不 忙", "is|s {s} busy=忙 today=今天 ?", weight=.8, s=asked),
    P("surely.must", "{s} 一定 要 {v}", "{s} must=一定+要 {v}", weight=1.2, s=people, v=_any),
    P("prefer", "{s} 更 喜欢 {o}", "{s} prefer|s=更+喜欢 {o}", weight=1.2, s=person, o=thing("food|fruit|drink|animal|sport", "bare", levels="1230")),
    P("prefer.do", "{s} 更 喜欢 {v}", "{s} prefer|s=更+喜欢 to {v}", weight=1, s=person, v=activity("h")),
    P("job.of.school", "{s} 是 我们 学校 的 {j}", "{s} is|s=是 {j} at=的 our=我们 school=学校", weight=1, s=one_of("他", "她"), j=_pick(("老师", "a teacher"), ("学生", "a student"), ("校长", "the principal"), ("英语 老师", "an English teacher"), ("汉语 老师", "a Chinese teacher"))),
    P("subject.study", "{s} 在 大学 学习 {o} || {s} 在 大学 学 {o}", "{s} study|s=学习+学 {o} at=在 university=大学", weight=1.2, s=people, o=thing("subject", "bare", levels="1230")),
    P("subject.like", "{s} 喜欢 {o} 课", "{s} like|s=喜欢 {o} class=课", weight=1, s=person, o=_pick(("汉语", "Chinese"), ("英语", "English"), ("数学", "math"), ("历史", "history"), ("音乐", "music"), ("体育", "PE"))),
    P("count.people", "{n} 个 人", "{n} people=个+人", weight=1, kind="phrase", n=number_between(2, 30)),
    P("good.at", "{s} 的 {o} 很 好", "{s.poss}=的 {o} is very=很 good=好", weight=1, s=pronoun, o=_pick(("身体", "health"), ("成绩", "grade"), ("工作", "job"), ("数学", "math"), ("英语", "English"))),
    P("use.tool", "{s} 用 {o} {v}", "{s} {v|s} with=用 {o}", weight=1.2, s=people, o=_pick(("筷子", "chopsticks"), ("手", "hands")), v=fixed_verbs(("吃 饭", "eat=1+2"))),
    P("use.write", "{s} 用 {o} 写 字 || {s} 用 {o} 写 汉字", "{s} write|s=写 characters=字+汉字 with=用 {o}", weight=.8, s=people, o=_pick(("铅笔", "a pencil"), ("毛笔", "a brush"), ("笔", "a pen"))),
    P("use.computer", "{s} 用 {o} {v}", "{s} {v|s} on=用 {o}", weight=1, s=people, o=_pick(("电脑", "the computer"), ("手机", "the phone")), v=fixed_verbs(("看 电影", "watch movies"), ("听 音乐", "listen to music"), ("上 网", "surf=1 the Internet=2"), ("学习 汉语", "study Chinese"), ("玩 游戏", "play games"), ("看 新闻", "read the news"))),
    P("from.start", "{s} 从 {t} 开始 {v}", "{s} start|s=开始 {v.ing} from=从 {t}", weight=1, s=people, t=_pick(("明天", "tomorrow"), ("今天", "today"), ("下 个 星期", "next=1 week=2+3"), ("明年", "next year")), v=_doing),
    P("both.can", "{s} 和 {o} 都 会 {v}", "{s} and=和 {o} can=会 both=都 {v}", weight=1.2, s=one_of("他", "她"), o=name, v=activity("s")),
    P("both.like", "{s} 和 {o} 都 喜欢 {v}", "{s} and=和 {o} both=都 like=喜欢 to {v}", weight=1.2, s=one_of("他", "她"), o=name, v=activity("h", "p")),
    P("both.are", "{k} 和 {q} 都 是 {j}", "{k} and=和 {q} are=是 both=都 {j.pl}", weight=1.2, k=kin, q=kin, j=job),
    P("call.name", "{s} 的 {o} 叫 {n}", "{s.poss}=的 {o} is called=叫 {n}", weight=1, s=pronoun, o=_pick(("狗", "dog"), ("猫", "cat"), ("小狗", "puppy"), ("小猫", "kitten")), n=name),
    P("kin.name", "{k} 叫 {n}", "{k.poss} name=叫 is=叫 {n}", weight=1.2, k=kin, n=chinese_name),
    P("be.on", "{o} 在 {p} 吗", "is|o=在 {o} {p.at} ?", weight=.8, o=kin, p=place("-h")),
]

PATTERNS = [pattern for group in (_things, _people) for pattern in group]
