"""The words that belong to one register, each with its counterpart there: `purchased > bought` for casual texts.

A key that ends with a comma, or begins with ^, stands only at the start of a sentence. All forms are written out, since
each side inflects in its own way, and many words are safe in some company only.
"""

_PLAINER = """
you require > you need; we require > we need; they require > they need; we obtain > we get; they obtain > they get
can obtain > can get; could obtain > could get; will obtain > will get; to obtain > to get
does not require > does not need; do not require > do not need
will commence > will start; have commenced > have started
purchased > bought
obtained > got; obtaining > getting
utilize > use; utilizes > uses; utilized > used; utilizing > using
utilise > use; utilises > uses; utilised > used; utilising > using
no experience is required > no experience is needed
assist with > help with
numerous > many; a large number of > many; a great number of > many; the majority of > most of
additional > further; subsequent > later; are sufficient > are enough
is sufficient > is enough
prior to > before; subsequent to > after; in the event that > if
in addition to > besides; due to the fact that > because
inform you > tell you; inform us > tell us; informed him > told him; informed us > told us
we have informed > we have told; at this time > now; in the near future > soon
demonstrated remarkable > showed remarkable; demonstrate my > show my
endeavour to > try to; endeavor to > try to
consequently, > so; nevertheless, > still,; nonetheless, > still,; stated that > said that
is capable of producing > can produce
"""

PROFESSIONAL = (
    _PLAINER
    + """
gonna > going to; wanna > want to; gotta > have to; kinda > somewhat; asap > as soon as possible
kids > children; folks > people; yeah, > yes,; hey, > hello,; ^hey > hello
tons of > a lot of; a ton of > a lot of; a bunch of > several; loads of > a lot of; heaps of > a lot of
awesome > excellent; super helpful > very helpful; super easy > very easy; super useful > very useful
super happy > very happy; super nice > very pleasant; super important > very important; super fast > very fast
really good > very good; really hard > very hard; really nice > very pleasant; really useful > very useful
really helpful > very helpful; really easy > very easy; really important > very important; really happy > very happy
pretty good > quite good; pretty much > largely; pretty hard > quite hard; totally different > entirely different
figure out > work out; figured out > worked out; check out the > look at the; check out our > look at our
get rid of > remove; got rid of > removed; getting rid of > removing; a no-brainer > an easy decision
keep you posted > keep you informed; incredibly helpful > very helpful; incredibly useful > very useful
"""
)

CASUAL = (
    _PLAINER
    + """
excellent > great; magnificent > great; remarkably > really; extremely > really; excessively > too
considerably > a lot; is not difficult > is not hard; is difficult to > is hard to; inexpensive > cheap
numerous > lots of; a large number of > lots of; a great deal of > a lot of; a great number of > lots of
additional > extra
however, > but; furthermore, > and; moreover, > and; in addition, > and; additionally, > and; thus, > so
therefore, > so
it is worth noting that > note that; we would appreciate > we'd love
i would be delighted to > i'd love to; we would like to > we'd like to; i would like to > i'd like to
we are pleased to > we're happy to; are always pleased to > are always happy to; quite difficult > pretty hard
quite satisfying > pretty satisfying; quite unexpected > pretty unexpected; quite inexpensive > pretty cheap
quite good > pretty good; receive > get; receives > gets; received > got
do not hesitate to contact us > just get in touch; do not hesitate to contact me > just get in touch
wish to > want to; wishes to > wants to
"""
)

ACADEMIC = """
kids > children; folks > people; gonna > going to; wanna > want to; keep you posted > keep you informed
a lot of people > many people; lots of people > many people; a lot of time > much time; a lot of money > much money
lots of ways > many ways; a lot of ways > many ways; a bunch of > several; tons of > a great deal of
a great deal of > considerable; a great many > many; a large number of > numerous
maybe > perhaps; right away > immediately
about two > approximately two; about three > approximately three; about twenty > approximately twenty
enough time > sufficient time; enough money > sufficient money; enough space > sufficient space
enough data > sufficient data
enough people > sufficient people; enough volunteers > sufficient volunteers; enough evidence > sufficient evidence
more and more > increasingly; ^but > however,; so, > therefore,; ^and so > therefore; also, > in addition,
still, > nevertheless,; plus, > in addition,; find out > determine; finds out > determines; found out > determined
look at > examine; looks at > examines; looked at > examined; looking at > examining
get rid of > remove; got rid of > removed
we need a > we require a; we need people > we require people
you need a > you require a
bought > purchased
help with > assist with; let you know that > inform you that; let you know about > inform you about
tell us that > inform us that; tell us whether > inform us whether; tell you that > inform you that
is hard to > is difficult to; are hard to > are difficult to; getting hotter > becoming hotter
getting worse > deteriorating
getting better > improving; getting harder > becoming harder; is going to be > will be; are going to be > will be
said that > stated that; says that > states that; does not hurt > is not painful
quite > rather
"""
