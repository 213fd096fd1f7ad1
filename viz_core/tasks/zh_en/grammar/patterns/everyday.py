"""Everyday topics: family, weather, shopping, illness, telephone, giving and telling, helping, studying."""

# ruff: noqa: E501  (a table: one pattern a line)

from ..adjectives import quality

from ..engine import Pattern as P
from ..lexicon import Weighted
from ..people import asked, asked_pronoun, kin, name, other, people, person
from ..pronouns import one_of, pronoun
from ..things import thing
from ..whereabouts import place
from ..nouns import job, language
from ..pieces import piece
from ..times import time
from ..verb_phrases import activity

_any = activity("", "p")
_COLD = Weighted([piece("冷", "cold"), piece("热", "hot"), piece("暖和", "warm"), piece("凉快", "cool")])


def _temperature(rng, fill):
    return _COLD.draw(rng)


_weather = [
    P("weather.today", "{t} 天气 很 好 || {t} 的 天气 很 好", "the weather=天气 is very=很 good=好 {t}", weight=.8, t=time("today")),
    P("weather.cold", "{t} 很 {a} || {t} 天气 很 {a}", "it is very=很 {a} {t}", weight=1.2, t=time("today"), a=_temperature),
    P("weather.cold.past", "{t} 很 {a} || {t} 天气 很 {a}", "it was very=很 {a} {t}", weight=1.2, t=time("past"), a=_temperature),
    P("weather.cold.not", "{t} 不 {a}", "it isn't=不 {a} {t}", weight=.8, t=time("today"), a=_temperature),
    P("weather.how", "{t} 天气 怎么样 || {t} 的 天气 怎么样", "how=怎么样 is the weather=天气 {t} ?", weight=1, t=time("today")),
    P("weather.how.future", "{t} 天气 怎么样", "how=怎么样 will the weather=天气 be {t} ?", weight=1, t=time("future day")),
    P("weather.rain", "下雨 了", "it is raining=下雨+了", weight=.5),
    P("weather.snow", "下 雪 了", "it is snowing=下+雪+了", weight=.5),
    P("weather.raining", "外面 在 下雨 || 外面 正在 下雨", "it is=在+正在 raining=下雨 outside=外面", weight=.6),
    P("weather.snowing", "外面 在 下 雪", "it is=在 snowing=下+雪 outside=外面", weight=.4),
    P("weather.will.rain", "{t} 会 下雨 || {t} 要 下雨", "it will=会+要 rain=下雨 {t}", weight=1, t=time("future day")),
    P("weather.will.snow", "{t} 会 下 雪", "it will=会 snow=下+雪 {t}", weight=.8, t=time("future day season")),
    P("weather.will.not", "{t} 不会 下雨", "it won't=不会 rain=下雨 {t}", weight=.8, t=time("future day")),
    P("weather.will.ask", "{t} 会 下雨 吗", "will=会 it rain=下雨 {t} ?", weight=.8, t=time("future day")),
    P("weather.rained", "{t} 下雨 了 || {t} 下 了 雨", "it rained=下雨+下+雨+了 {t}", weight=.8, t=time("past")),
    P("weather.snowed", "{t} 下 雪 了", "it snowed=下+雪+了 {t}", weight=.6, t=time("past")),
    P("weather.about.rain", "快 要 下雨 了 || 要 下雨 了", "it is going=要+快 to rain=下雨", weight=.6),
    P("weather.place", "{p} 的 {t} 很 {a}", "it is very=很 {a} {p.at}=的 {t}", weight=1.5, p=place("c"), t=time("season"), a=_temperature),
    P("weather.place.now", "{p} 今天 很 {a}", "it is very=很 {a} {p.at} today=今天", weight=1, p=place("c"), a=_temperature),
    P("weather.season", "{s} 最 喜欢 {t}", "{s} like|s=喜欢 {t} the=最 most=最", weight=1, s=person, t=lambda rng, fill: rng.choice(_SEASONS)),
    P("weather.season.why", "{s} 为什么 喜欢 {t}", "why=为什么 do|s {s} like=喜欢 {t} ?", weight=.6, s=asked, t=lambda rng, fill: rng.choice(_SEASONS)),
    P("weather.wind", "今天 风 很 大", "the wind=风 is very=很 strong=大 today=今天", weight=.4),
]
_SEASONS = tuple(piece(zh, en) for zh, en in (("春天", "spring"), ("夏天", "summer"), ("秋天", "autumn"), ("冬天", "winter")))

_ACHES = tuple((piece(zh, en)) for zh, en in (("头", "head"), ("肚子", "stomach"), ("腿", "leg"), ("牙", "tooth"), ("嗓子", "throat"), ("脚", "foot"), ("手", "hand"), ("眼睛", "eyes"), ("胳膊", "arm"), ("背", "back")))
_health = [
    P("ill.ache", "{s} {b} 疼 || {s} 的 {b} 很 疼 || {s} {b} 很 疼", "{s.poss}=的 {b} hurt|b=疼+很", weight=2.5, s=pronoun, b=lambda rng, fill: _ache(rng)),
    P("ill.ache.ask", "{s} {b} 疼 吗", "do|b=吗 {s.poss} {b} hurt=疼 ?", weight=1, s=asked_pronoun, b=lambda rng, fill: _ache(rng)),
    P("ill.sick", "{s} 生病 了 || {s} 病 了", "{s} is|s=了 sick=生病+病", weight=1.5, s=people),
    P("ill.cold", "{s} 感冒 了", "{s} has|s a cold=感冒+了", weight=1.2, s=people),
    P("ill.fever", "{s} 发烧 了", "{s} has|s a fever=发烧+了", weight=1.2, s=people),
    P("ill.cough", "{s} 咳嗽 了", "{s} has|s a cough=咳嗽+了", weight=.6, s=people),
    P("ill.unwell", "{s} 不 舒服 || {s} 觉得 不 舒服 || {s} 今天 不 舒服", "{s} don't|s=不 feel=觉得 well=舒服", weight=1.2, s=people),
    P("ill.where", "{s} 哪儿 不 舒服 || {s} 哪里 不 舒服", "where=哪儿+哪里 do|s {s} feel=舒服 unwell=不+舒服 ?", weight=.7, s=asked),
    P("ill.doctor", "{s} 应该 去 看 医生", "{s} should=应该 go=去 to see=看 a doctor=医生", weight=.8, s=people),
    P("ill.better", "{s} 好 了 || {s} 的 病 好 了", "{s} is|s well=好 now=了", weight=.5, s=pronoun),
    P("ill.better.ask", "{s} 好 一点儿 了 吗 || {s} 好 点儿 了 吗", "is|s=了+吗 {s} better=好+一点儿+点儿 now=了 ?", weight=.6, s=asked),
    P("ill.medicine", "{s} 每天 吃 {n} 药", "{s} take|s=吃 medicine=药 {n} a day=每天", weight=.8, s=person, n=lambda rng, fill: rng.choice(_DOSES)),
    P("ill.what", "{s} 怎么 了", "what=怎么 is wrong=怎么+了 with {s.obj} ?", weight=1.2, s=asked),
]
_DOSES = tuple(piece(zh, en) for zh, en in (("一 次", "once=1+2"), ("两 次", "twice=1+2"), ("三 次", "three times")))


def _ache(rng):
    body = rng.choice(_ACHES)
    return body._replace(person="pl") if body.zh == ("眼睛",) else body


_family = [
    P("kin.job.ask", "{s} 是 做 什么 的", "what=什么 do|s=是+的 {s} do=做 ?", weight=1, s=asked),
    P("kin.like", "{k} 很 爱 {o}", "{k} love|k=爱 {o.obj} very=很 much=很", weight=1, k=kin, o=pronoun),
    P("kin.alike", "{s} 很 像 {k}", "{s} look|s=像 a lot=很 like=像 {k}", weight=1, s=one_of("我", "你", "他", "她"), k=kin),
    P("kin.only", "{s} 只 有 {o}", "{s} only=只 has|s=有 {o}", weight=1.2, s=person, o=thing("kin", "a", levels="123", without="爸爸|妈妈|丈夫|妻子|爷爷|奶奶")),
    P("kin.both", "{s} 有 {o} 和 {q}", "{s} has|s=有 {o} and=和 {q}", weight=1.5, s=person, o=thing("kin", "a number", levels="123", without="爸爸|妈妈|丈夫|妻子|爷爷|奶奶"), q=thing("kin", "a number", levels="123", without="爸爸|妈妈|丈夫|妻子|爷爷|奶奶")),
    P("kin.married", "{s} 结婚 了 || {s} 已经 结婚 了", "{s} is|s=了 married=结婚", weight=1, s=person),
    P("family.is", "{s} 的 家 很 大 || {s} 家 很 大", "{s.poss}=的 home=家 is very=很 big=大", weight=.6, s=pronoun),
    P("friends.are", "{s} 和 {o} 是 好 朋友 || {s} 跟 {o} 是 好 朋友", "{s} and=和+跟 {o} are=是 good=好 friends=朋友", weight=1.5, s=one_of("他", "她"), o=name),
    P("everyone.all", "大家 都 {v}", "everyone=大家+都 {v|x}", weight=1.5, v=_any, x=one_of("他")),
    P("everyone.like", "大家 都 喜欢 {o}", "everyone=大家+都 likes=喜欢 {o.obj}", weight=1.5, o=person),
    P("everyone.adj", "大家 都 很 {a}", "everyone=大家+都 is very=很 {a}", weight=1.2, a=quality()),
]

_GIVEN = "printed|clothing|device|object|fruit|drink"
_giving = [
    P("give", "{s} 给 {o} {q}", "{s} give|s=给 {o.obj} {q}", weight=1, s=pronoun, o=other, q=thing(_GIVEN, "a number this")),
    P("give.le", "{s} 给 了 {o} {q} || {s} 送 了 {o} {q} || {s} 送 给 {o} {q}", "{s} gave=给+送+了 {o.obj} {q}", weight=2, s=pronoun, o=other, q=thing(_GIVEN, "a number")),
    P("give.will", "{s} 要 送 给 {o} {q}", "{s} is|s=要 going=要 to give=送+给 {o.obj} {q}", weight=1.5, s=pronoun, o=other, q=thing(_GIVEN, "a")),
    P("give.please", "请 给 {o} {q}", "please=请 give=给 {o.obj} {q}", weight=1, o=one_of("我", "他", "她", "我们"), q=thing(_GIVEN, "a number this")),
    P("buy.for", "{s} 给 {o} 买 了 {q} || {s} 为 {o} 买 了 {q}", "{s} bought=买+了 {q} for=给+为 {o.obj}", weight=2, s=pronoun, o=other, q=thing(_GIVEN, "a number")),
    P("buy.for.want", "{s} 想 给 {o} 买 {q}", "{s} want|s=想 to buy=买 {q} for=给 {o.obj}", weight=1.5, s=pronoun, o=other, q=thing(_GIVEN, "a")),
    P("do.for", "{s} 给 {o} 做 饭 || {s} 为 {o} 做 饭", "{s} cook|s=做+饭 for=给+为 {o.obj}", weight=1, s=pronoun, o=other),
    P("call", "{s} 给 {o} 打 电话", "{s} call|s=打+电话+给 {o.obj}", weight=2, s=pronoun, o=other),
    P("call.le", "{s} 给 {o} 打 电话 了 || {s} 给 {o} 打 了 电话", "{s} called=打+电话+给+了 {o.obj}", weight=2, s=pronoun, o=other),
    P("call.will", "{s} {t} 给 {o} 打 电话", "{s} will call=打+电话+给 {o.obj} {t}", weight=1.5, s=pronoun, t=time("future day"), o=other),
    P("call.please", "请 给 {o} 打 电话", "please=请 call=打+电话+给 {o.obj}", weight=.8, o=one_of("我", "他", "她")),
    P("call.want", "{s} 想 给 {o} 打 电话", "{s} want|s=想 to call=打+电话+给 {o.obj}", weight=1, s=pronoun, o=other),
    P("write.to", "{s} 给 {o} 写 信", "{s} write|s=写 letters=信 to=给 {o.obj}", weight=1, s=pronoun, o=other),
    P("message.to", "{s} 给 {o} 发 了 一 条 短信", "{s} sent=发+了 a=一 text=短信 message=短信 to=给 {o.obj}", weight=1, s=pronoun, o=other),
    P("tell", "{s} 告诉 {o} 了 || {s} 告诉 了 {o}", "{s} told=告诉+了 {o.obj}", weight=1.2, s=pronoun, o=other),
    P("tell.please", "请 告诉 我 {q}", "please=请 tell=告诉 me=我 {q}", weight=1, q=lambda rng, fill: rng.choice(_ASKED_FOR)),
    P("teach", "{s} 教 {o} {l}", "{s} teach|s=教 {o.obj} {l}", weight=1.5, s=person, o=one_of("我", "我们", "他", "他们", "你"), l=language),
    P("ask.person", "{s} 问 {o} 一 个 问题 || {s} 问 了 {o} 一 个 问题", "{s} asked=问+了 {o.obj} a=一 question=问题", weight=1, s=pronoun, o=other),
    P("lend.me", "你 能 借 给 我 {q} 吗 || 可以 借 给 我 {q} 吗", "can=能+可以 you lend=借+给 me=我 {q} ?", weight=1, q=thing("printed|object|tool", "a this", levels="123")),
    P("introduce", "我 给 你 介绍 {k}", "let me=我 introduce=介绍 {k} to=给 you=你", weight=.8, k=kin),
    P("to.good", "{s} 对 {o} 很 好", "{s} is|s very=很 good=好 to=对 {o.obj}", weight=1.5, s=person, o=other),
    P("to.interest", "{s} 对 {o} 感 兴趣 || {s} 对 {o} 很 感 兴趣", "{s} is|s interested=感+兴趣 in=对 {o}", weight=1.5, s=person, o=thing("subject|media|sport", "bare", levels="1230")),
    P("to.interest.not", "{s} 对 {o} 不 感 兴趣 || {s} 对 {o} 没 兴趣 || {s} 对 {o} 没有 兴趣", "{s} isn't|s=不+没+没有 interested=感+兴趣 in=对 {o}", weight=1, s=person, o=thing("subject|media|sport", "bare", levels="1230")),
    P("to.say", "{s} 对 {o} 说 || {s} 跟 {o} 说", "{s} say|s=说 to=对+跟 {o.obj}", weight=.6, s=pronoun, o=other),
    P("with.meet", "{s} {t} 和 {o} 见面 || {s} {t} 跟 {o} 见面", "{s} will meet=见面 {o.obj} {t}", weight=1.2, s=pronoun, t=time("future day"), o=other),
    P("with.chat", "{s} 在 跟 {o} 聊天 || {s} 在 和 {o} 说话", "{s} is|s=在 talking=聊天+说话 with=跟+和 {o.obj}", weight=1.2, s=pronoun, o=other),
    P("with.live", "{s} 和 {o} 住 在 一起", "{s} live|s=住+在 with=和+一起 {o.obj}", weight=1, s=pronoun, o=other),
    P("help", "{s} 帮助 {o} || {s} 帮 {o}", "{s} help|s=帮助+帮 {o.obj}", weight=1, s=pronoun, o=other),
    P("help.do", "{s} 帮 {o} {v} || {s} 帮助 {o} {v}", "{s} help|s=帮+帮助 {o.obj} {v}", weight=2, s=pronoun, o=other, v=activity("t")),
    P("help.need", "{s} 需要 帮助 吗", "do|s=吗 {s} need=需要 help=帮助 ?", weight=.6, s=asked),
    P("let.do", "{s} 让 {o} {v}", "{s} let|s=让 {o.obj} {v}", weight=1.5, s=kin, o=one_of("我", "我们", "他", "她"), v=_any),
    P("let.not", "{s} 不让 {o} {v}", "{s} don't|s=不让 let=不让 {o.obj} {v}", weight=1.5, s=kin, o=one_of("我", "我们", "他", "她"), v=_any),
    P("tell.do", "{s} 叫 {o} {v}", "{s} tell|s=叫 {o.obj} to {v}", weight=1.2, s=person, o=one_of("我", "我们", "他", "她", "你"), v=_any),
    P("invite.eat", "{s} 想 请 {o} 吃饭", "{s} want|s=想 to invite=请 {o.obj} to dinner=吃饭", weight=1, s=pronoun, o=other),
    P("invite.do", "{s} 请 {o} {v}", "{s} ask|s=请 {o.obj} to {v}", weight=1, s=person, o=one_of("我", "我们", "他", "她"), v=_any),
    P("make.feel", "这 让 {s} 很 {a} || 这 件 事 让 {s} 很 {a}", "this=这+件+事 makes=让 {s.obj} very=很 {a}", weight=1.2, s=pronoun, a=lambda rng, fill: rng.choice(_FEELINGS)),
    P("wait.for", "{s} 在 等 {o}", "{s} is|s=在 waiting=等 for=等 {o.obj}", weight=1.2, s=pronoun, o=other),
    P("wait.please", "请 等 {o}", "please=请 wait=等 for=等 {o.obj}", weight=.6, o=one_of("我", "我们", "他")),
    P("worried", "{s} 很 担心 {o}", "{s} is|s very=很 worried=担心 about {o.obj}", weight=1, s=pronoun, o=other),
    P("angry.with", "{s} 生 {o} 的 气 了", "{s} is|s=了 angry=生+气 with=的 {o.obj}", weight=.8, s=pronoun, o=other),
    P("agree", "{s} 同意 吗", "do|s=吗 {s} agree=同意 ?", weight=.5, s=asked),
    P("what.about", "{s} 呢", "what=呢 about=呢 {s.obj} ?", weight=1.2, s=asked),
    P("what.happen", "怎么 了", "what=怎么 is wrong=怎么+了 ?", weight=.4),
    P("learn.how", "{s} 汉语 怎么样 || {s} 的 汉语 怎么样", "how=怎么样 is {s.poss}=的 Chinese=汉语 ?", weight=.6, s=asked),
    P("learn.good", "{s} 的 {l} 很 好", "{s.poss}=的 {l} is very=很 good=好", weight=1.2, s=person, l=language),
    P("learn.is.hard", "{l} 很 难", "{l} is very=很 difficult=难", weight=.8, l=language),
    P("learn.is.hard.ask", "{l} 难 吗 || {l} 难 不 难", "is {l} difficult=难 ?", weight=.8, l=language),
    P("learn.say", "{q} 用 汉语 怎么 说 || {q} 用 中文 怎么 说", "how=怎么 do you say=说 {q} in=用 Chinese=汉语+中文 ?", weight=.8, q=thing("object|fruit|animal|drink", "kind", levels="1230")),
]
_ASKED_FOR = tuple(piece(zh, en) for zh, en in (("你 的 名字", "your=1+2 name=3"), ("他 的 名字", "his=1+2 name=3"), ("你 的 地址", "your=1+2 address=3"), ("她 的 电话 号码", "her=1+2 phone=3 number=4"),
                   ("你 的 电话 号码", "your=1+2 phone=3 number=4"), ("密码", "the password"), ("答案", "the answer"), ("为什么", "why"), ("你 的 问题", "your=1+2 problem=3")))  # fmt: skip
_FEELINGS = tuple(piece(zh, en) for zh, en in (("高兴", "happy"), ("生气", "angry"), ("难过", "sad"), ("开心", "happy"), ("紧张", "nervous"), ("着急", "anxious"), ("失望", "disappointed")))

PATTERNS = [pattern for group in (_weather, _health, _family, _giving) for pattern in group if pattern.weight]
