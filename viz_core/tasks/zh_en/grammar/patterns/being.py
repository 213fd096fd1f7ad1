"""Who and what: 是, 叫, adjectives, belonging."""

# ruff: noqa: E501  (a table: one pattern a line)

from ..adjectives import quality, quality_of
from ..engine import Pattern as P
from ..people import asked, asked_pronoun, kin, name, people, person
from ..pronouns import one_of, pronoun
from ..things import thing
from ..whereabouts import place
from ..nouns import job, nationality
from ..times import time

DEGREES = (("很", "very"), ("非常", "extremely"), ("真", "really"), ("特别", "particularly"),
           ("比较", "quite"), ("不太", "not very"), ("有点儿", "a little"))  # fmt: skip
_SEEN = "object|clothing|vehicle|device|furniture|reading|food|fruit|building|room|place|animal"
_OWNED = "object|clothing|vehicle|device|furniture|reading|container|tool"

_identity = [
    P("be.nationality", "{s} 是 {c}", "{s} is|s=是 {c}", weight=3, s=people, c=nationality),
    P("be.nationality.not", "{s} 不是 {c}", "{s} isn't|s=不是 {c}", s=people, c=nationality),
    P("be.nationality.ask", "{s} 是 {c} 吗", "is|s=是 {s} {c} ?", weight=2, s=asked, c=nationality),
    P("be.nationality.which", "{s} 是 哪 国 人", "what=哪 nationality=国+人 is|s=是 {s} ?", weight=2, s=asked),
    P("be.nationality.both", "{s} 是 {c} ， 不是 {d}", "{s} is|s=是 {c} ,=， not=不是 {d}", s=pronoun, c=nationality, d=nationality),
    P("be.job", "{s} 是 {j}", "{s} is|s=是 {j|s}", weight=4, s=person, j=job),
    P("be.job.not", "{s} 不是 {j}", "{s} isn't|s=不是 {j|s}", weight=2, s=person, j=job),
    P("be.job.ask", "{s} 是 {j} 吗", "is|s=是 {s} {j|s} ?", weight=3, s=asked, j=job),
    P("be.job.either", "{s} 是 {j} 还是 {k}", "is|s=是 {s} {j|s} or=还是 {k|s} ?", s=one_of("你", "他", "她"), j=job, k=job),
    P("be.job.whether", "{s} 是不是 {j}", "is|s=是不是 {s} {j|s} ?", s=asked_pronoun, j=job),
    P("be.job.also", "{s} 也 是 {j}", "{s} is|s=是 also=也 {j|s}", weight=2, s=person, j=job),
    P("be.job.all", "{s} 都 是 {j}", "{s} are=是 all=都 {j.pl}", weight=2, s=one_of("我们", "他们", "她们", "你们"), j=job),
    P("be.job.want", "{s} 想 当 {j}", "{s} want|s=想 to be=当 {j|s}", s=person, j=job),
    P("be.job.become", "{s} 以后 想 当 {j}", "{s} want|s=想 to be=当 {j|s} in=以后 the future=以后", s=person, j=job),
    P("be.job.what", "{s} 做 什么 工作", "what=什么 do|s {s} do=做+工作 ?", s=asked),
    P("be.who", "{s} 是 谁", "who=谁 is|s=是 {s} ?", weight=2, s=asked),
    P("be.who.of", "谁 是 {j}", "who=谁 is=是 {j.the} ?", j=job),
    P("be.who.this", "这 是 谁", "who=谁 is=是 this=这 ?", weight=.5),
    P("be.who.that", "那 个 人 是 谁", "who=谁 is=是 that=那+个 person=人 ?", weight=.5),
    P("be.this.kin", "这 是 {k}", "this=这 is=是 {k}", weight=2, k=kin),
    P("be.this.ask", "这 是 {k} 吗", "is=是 this=这 {k} ?", k=kin),
    P("be.place.of", "{s} 家 在 {p}", "{s.poss} home=家 is=在 {p.at}", s=pronoun, p=place("c")),
    P("name.call", "{s} 叫 {n}", "{s.poss} name=叫 is=叫 {n}", weight=2, s=one_of("我", "他", "她"), n=name),
    P("name.call.ask", "{s} 叫 什么 名字", "what=什么 is=叫 {s.poss} name=名字 ?", weight=2, s=asked),
    P("name.is", "{s} 的 名字 是 {n}", "{s.poss}=的 name=名字 is=是 {n}", s=one_of("我", "他", "她"), n=name),
    P("name.is.ask", "{s} 的 名字 是 什么", "what=什么 is=是 {s.poss}=的 name=名字 ?", s=asked),
    P("name.surname", "{s} 姓 什么", "what=什么 is=姓 {s.poss} surname=姓 ?", s=asked_pronoun),
]

_belonging = [
    P("this.is", "这 是 {o}", "this=这 is=是 {o}", weight=3, o=thing(_OWNED + "|fruit|animal", "a a my", exclude="food|drink")),
    P("that.is", "那 是 {o}", "that=那 is=是 {o}", weight=2, o=thing(_OWNED + "|building", "a my", exclude="food|drink")),
    P("this.is.not", "这 不是 {o}", "this=这 isn't=不是 {o}", weight=2, o=thing(_OWNED, "my")),
    P("this.is.ask", "这 是 {o} 吗", "is=是 this=这 {o} ?", weight=2, o=thing(_OWNED, "my my a")),
    P("that.is.ask", "那 是 {o} 吗", "is=是 that=那 {o} ?", o=thing(_OWNED, "my")),
    P("this.what", "这 是 什么", "what=什么 is=是 this=这 ?"),
    P("that.what", "那 是 什么", "what=什么 is=是 that=那 ?"),
    P("this.what.noun", "这 是 什么 {o}", "what=什么 {o} is=是 this=这 ?", o=thing("food|fruit|drink|plant|animal|reading", "kind", levels="123")),
    P("this.whose", "这 是 谁 的 {o}", "whose=谁+的 {o} is=是 this=这 ?", weight=2, o=thing(_OWNED, "kind")),
    P("that.whose", "那 是 谁 的 {o}", "whose=谁+的 {o} is=是 that=那 ?", o=thing(_OWNED, "kind")),
    P("that.whose.bare", "那 是 谁 的", "whose=谁+的 is=是 that=那 ?", weight=.5),
    P("this.whose.bare", "这 是 谁 的", "whose=谁+的 is=是 this=这 ?", weight=.5),
    P("of.person", "{s} 的 {o}", "{s.poss}=的 {o}", weight=3, kind="phrase", s=kin, o=thing(_OWNED, "kind")),
    P("this.of", "这 是 {s} 的 {o}", "this=这 is=是 {s.poss}=的 {o}", weight=2, s=person, o=thing(_OWNED, "kind")),
    P("noun.mine", "{o} 是 {s} 的", "{o} is|o=是 {s.mine}=的", weight=2, o=thing(_OWNED, "this that"), s=pronoun),
    P("noun.not.mine", "{o} 不是 {s} 的", "{o} isn't|o=不是 {s.mine}=的", o=thing(_OWNED, "this that"), s=pronoun),
    P("noun.mine.ask", "{o} 是 {s} 的 吗", "is|o=是 {o} {s.mine}=的 ?", o=thing(_OWNED, "this that"), s=asked_pronoun),
]


def _degree(zh: str, en: str) -> P:
    links = " ".join(f"{word}={zh}" for word in en.split())
    return P(f"adj.person.{zh}", f"{{s}} {zh} {{a}}", f"{{s}} is|s {links} {{a}}", weight=3 if zh == "很" else 1, s=people,
             a=quality("plain" if zh == "不太" else ""))  # fmt: skip


def _thing_degree(zh: str, en: str) -> P:
    links = " ".join(f"{word}={zh}" for word in en.split())
    return P(f"adj.thing.{zh}", f"{{o}} {zh} {{a}}", f"{{o}} is|o {links} {{a}}", weight=3 if zh == "很" else 1,
             o=thing(_SEEN, "this that my"), a=quality_of("o", zh == "不太"))  # fmt: skip


_quality = [
    *(_degree(*pair) for pair in DEGREES),
    *(_thing_degree(*pair) for pair in DEGREES),
    P("adj.person.not", "{s} 不 {a}", "{s} isn't|s=不 {a}", weight=2, s=people, a=quality("plain")),
    P("adj.thing.not", "{o} 不 {a}", "{o} isn't|o=不 {a}", weight=2, o=thing(_SEEN, "this that my"), a=quality_of("o", True)),
    P("adj.person.ask", "{s} {a} 吗", "is|s {s} {a} ?", weight=2, s=asked, a=quality()),
    P("adj.thing.ask", "{o} {a} 吗", "is|o {o} {a} ?", weight=2, o=thing(_SEEN, "this that my"), a=quality_of("o")),
    P("adj.person.whether", "{s} {a.head} 不 {a}", "is|s {s} {a} ?", s=asked_pronoun, a=quality("plain")),
    P("adj.thing.whether", "{o} {a.head} 不 {a}", "is|o {o} {a} ?", o=thing(_SEEN, "this that"), a=quality_of("o", True)),
    P("adj.today", "{s} {t} 很 {a} || {t} {s} 很 {a}", "{s} is|s very=很 {a} {t}", weight=2, s=people, t=time("today"), a=quality("state")),
    P("adj.yesterday", "{s} {t} 很 {a} || {t} {s} 很 {a}", "{s} was|s very=很 {a} {t}", weight=2, s=people, t=time("past"), a=quality("state")),
    P("adj.also", "{s} 也 很 {a}", "{s} is|s also=也 very=很 {a}", s=people, a=quality()),
    P("adj.all", "{s} 都 很 {a}", "{s} are all=都 very=很 {a}", s=one_of("我们", "他们", "她们"), a=quality()),
    P("adj.both", "{s} 又@1 {a} 又@2 {b}", "{s} is|s both=1 {a} and=2 {b}", weight=2, s=person, a=quality("good"), b=quality("good", "a")),
    P("adj.very.much", "{s} {a} 极 了", "{s} is|s extremely=极 {a}", s=person, a=quality("trait")),
    P("adj.become", "{s} {a} 了", "{s} is|s=了 {a}", weight=2, s=people, a=quality("state")),
    P("adj.too", "{s} 太 {a} 了", "{s} is|s too=太+了 {a}", weight=2, s=people, a=quality()),
    P("adj.thing.too", "{o} 太 {a} 了", "{o} is|o too=太+了 {a}", weight=2, o=thing(_SEEN, "this that my"), a=quality_of("o")),
    P("adj.little", "{s} 有点 {a}", "{s} is|s a=有点 little=有点 {a}", s=people, a=quality("state")),
    P("adj.best", "{s} 是 最 {a} 的", "{s} is|s=是 the=最 {a.est}", s=person, a=quality("trait")),
    P("adj.best.among", "{s} 最 {a}", "{s} is|s the=最 {a.est}", s=person, a=quality("trait")),
    P("adj.thing.best", "{o} 最 {a}", "{o} is|o the=最 {a.est}", o=thing(_SEEN, "this that"), a=quality_of("o")),
]

PATTERNS = [*_identity, *_belonging, *_quality]
