"""Situations at work, at school and about money. The notation is in tldr_format."""

PAGE = """
key: job_offer
sub: jobs, careers
rel: boss, manager
mood: worry
obj: bakery, bank, museum, school, hotel, airline, office
plus: more pay, shorter days, a free car, more holidays
a: take the new job, ask for a raise, visit the place first
b: stay with {n}, wait for something better, ask for more time
title: {obj} job with {plus}, but I like my boss / Should I leave for a job with {plus}?
title: An offer from {a_obj} in {town}
- {dur} ago {a_obj} in {town} offered me a job with {plus}. / I got an offer {dur} ago from {a_obj} in {town}, with {plus}.
- My {rel} {n} has [always been kind|been good] to me and taught me all I know.
- When I told {him}, {he} [went quiet|sighed] and said that the team needs me.
- I have to answer by Friday, and my [head spins|list of pros and cons does not help].
? The way to work would be about the same.
? My parents say that I should be brave.
tiny: Job offer in {town}. / Leave {n} or stay?
short: {a_obj} offers me a job in {town}. / New job with {plus}, or stay?
short: I have a job offer with {plus}. / I may leave {n} for a job in {town}.
core: I have an offer from {a_obj} in {town} with {plus}. / New job in {town} with {plus}, but {n} needs me.
more: My {rel} {n} was always kind and says the team needs me. / I must answer by Friday, and {n} wants me to stay.

key: lunch
sub: work, advice
rel: colleague
mood: cross
obj: sandwich, soup, salad, yogurt, apple pie, pasta
sign: {his} plate, the empty box, a note, {his} smile
a: write my name on it, talk to our boss, ask {him} openly
b: eat out, keep lunch at my desk, share it with {him}
title: Someone eats my {obj} at work / My colleague eats my {obj}
- I work in a small office in {town} [with one fridge for all|where we share a fridge].
- For {dur} my {obj} has gone missing [almost every day|before noon]. / My {obj} has been vanishing for {dur}.
- [Yesterday|On Monday] {sign} gave it away: it is {n}, the {rel} who [sits across from me|sits next to me].
- {He} is new and [very shy|quiet], and I do not want to shame {him} in front of everyone.
? I get up early to make it.
? It is only food, I know.
tiny: {n} eats my {obj}. / {n} took my {obj}.
short: My {rel} {n} eats my {obj}. / {n} has eaten my {obj} for {dur}.
core: For {dur} my {rel} {n} has eaten my {obj} at work. / My {obj} went missing for {dur}, and it was {n}.
more: {sign} gave it away. {He} is new and shy. / {He} is new, and I do not want to shame {him}.
more: {He} is new, so I do not want to shame {him} at work.

key: exam
sub: students, school
rel: tutor, teacher
mood: worry
dur: two weeks, three weeks, six weeks, a month, two months, three months
obj: maths, history, physics, music, biology, French, law
grade: two points, one point, five points, a few marks
a: ask for a new look, repeat the exam, talk to the dean
b: change my subject, take a year off, accept it
title: I failed {obj} by {grade} / Failed my {obj} exam, now what?
- I study {obj} in {town} and worked for the final exam for {dur}. / For {dur} I worked for my final {obj} exam in {town}.
- [Today|This morning] I learned that I failed by {grade}.
- My {rel} {n} says that one answer was [marked too hard|read too strictly] and that I could ask for a new look.
- But {he} also says that this [can take months|may take months], and that my mark could go down.
? My friends have all passed.
? I slept badly the night before.
tiny: I failed {obj}. / Failed by {grade}.
short: I failed my {obj} exam by {grade}. / {n} thinks my {obj} mark is wrong.
core: I failed {obj} by {grade} after {dur} of work. / After {dur} of work I failed {obj} by {grade}. / I failed my {obj} exam in {town} by {grade}.
more: My {rel} {n} says that one answer was marked too hard. / {n} thinks that a new look could help, but it takes months.

key: credit
sub: work, careers
rel: colleague, boss, team leader
mood: cross
dur: two weeks, three weeks, six weeks, a month, two months, three months, ten days
obj: report, plan, budget, design, idea, video
prize: a bonus, a prize, a raise, a week off
a: talk to the director, ask {him} why, show my old drafts
b: find a new team, keep it to myself, let it go this time
title: My {rel} took credit for my {obj} / {n} got {prize} for my {obj}
- I spent {dur} on {a_obj} for our office in {town}. / For our office in {town} I made {a_obj}, and it took me {dur}.
- My {rel} {n} [read it and liked it|asked to see it], so I sent {him} the file.
- At the next meeting {he} [showed it as {his} own|put {his} own name on it] and got {prize} for it.
- Nobody knows that the {obj} was mine, and {he} avoids [me|me now].
? I still have every draft with its date.
? I like the work itself very much.
tiny: {n} stole my {obj}. / {n} took the credit.
short: {n} got {prize} for my {obj}. / My {rel} {n} stole my {obj}.
core: My {rel} {n} showed my {obj} as {his} own work. / {n} took my {obj} and got {prize} for it. / I worked {dur} on {a_obj}, and {n} took the credit.
more: Nobody knows that it was mine, and {he} avoids me. / It was my work of {dur}, but nobody knows that.

key: sale
sub: secondhand, money
rel: buyer, student
mood: worry
obj: sofa, desk, lamp, oven, fridge, clock, piano
price: 40 euros, 60 euros, 90 euros, 120 euros
fault: a loud hum, a broken leg, a bad smell, a deep scratch
a: give {him} half back, take it back, offer to repair it
b: block {him}, keep the money, ignore the messages
title: I sold {a_obj} and the buyer is not happy / Sold for {price}, now there is trouble
- {dur} ago I sold my {obj} in {town} for {price}. / I sold my old {obj} here in {town} for {price}, {dur} ago.
- The {rel}, {n}, [looked at it well|tried it out] and paid at once.
- Now {he} writes that it has {fault} and wants all {his} money back. / Now {he} wants all {his} money back because of {fault}.
- It was fine when it left my house, but [I cannot prove it|who knows what happened on the way].
? {He} writes in a polite way, I must say.
? I have already spent the money on shoes.
tiny: {n} wants a refund. / I sold {n} a bad {obj}.
tiny: I sold {n} my {obj}.
short: {n} wants {price} back for my {obj}. / My {obj} has {fault}, says {n}.
core: I sold {n} my {obj} for {price}, and now it has {fault}. / {n} bought my {obj} for {price} and wants the money back.
more: {He} says it has {fault}, but it was fine when I sold it. / It was fine when it left my house {dur} ago.

key: loan
sub: money, advice
rel: friend, cousin, brother/sister, colleague
mood: worry
obj: phone, bike, sofa, laptop, coat, watch
sum: 50 euros, 80 euros, 150 euros, 250 euros
a: ask {him} for it tonight, offer {him} more time, write it all down
b: forget the money, say nothing, never lend again
title: I lent my {rel} {sum} and {he} bought {a_obj} / My {rel} owes me {sum}
- My {rel} {n} asked me for {sum} {dur} ago, [for the rent|to pay the rent], {he} said. / {dur} ago I lent my {rel} {n} {sum}, because {he} could not pay the rent.
- {He} promised to pay it back [on pay day|as soon as {he} could].
- [Last night|Yesterday] I saw {him} in {town} with a new {obj}, [very pleased|smiling from ear to ear].
- I have not seen a cent, and I am [short of money|short on rent] myself now.
? Money was never a problem between us before.
? I do not even know how to bring it up.
tiny: {n} owes me {sum}. / {n} bought {a_obj}.
short: My {rel} {n} owes me {sum}. / {n} owes me {sum} but bought {a_obj}.
core: I lent my {rel} {n} {sum}, and {he} bought {a_obj}. / {n} has owed me {sum} for {dur} and bought {a_obj}.
more: I saw {him} in {town}, and I am short of money myself. / {He} said that it was for the rent.
more: The money was for the rent, and now I am short myself.

key: first_day
sub: jobs, work
rel: boss, manager
mood: worry
dur: two weeks, three weeks, six weeks, a month, two months, three months
obj: coffee machine, printer, big window, front door, milk jug, tea pot
shop: cafe, bakery, hotel, bookshop
a: offer to pay for it, say sorry again, bring a cake
b: look for another job, hope {he} forgets, just work hard
title: I broke the {obj} on my first day / Bad first day at the {shop}
- I looked for work for {dur} and at last found a job at a {shop} in {town}. / After {dur} without work I found a job at a {shop} in {town}.
- [On the first morning|On my first day] I slipped and broke the {obj}, with everyone watching.
- My {rel} {n} only said that these things happen, but {he} [did not smile|looked pale].
- I [went home early|could not eat], and tomorrow is my second day.
? The other people there seem very nice.
? I had new shoes on, which did not help.
tiny: I broke the {obj}. / Bad first day.
tiny: I broke {n}'s {obj}.
short: I broke the {obj} at the {shop}. / I broke {n}'s {obj} on day one.
core: On my first day at a {shop} in {town} I broke the {obj}. / After {dur} without work I broke the {obj} on day one.
more: My {rel} {n} said that these things happen but did not look happy. / {n} said that it happens, but I fear for the job.
more: My {rel} {n} only said that these things happen.

key: essay
sub: students, school
rel: classmate, friend, flatmate
mood: worry
obj: essay, speech, poster, film, lab report
topic: bees, rivers, old maps, the moon, trains
a: tell our teacher, do it all myself, set {him} a deadline
b: hand in my half, find a new partner, ask for more time
title: My partner does nothing for our {obj} / Our {obj} on {topic} is half done
- For a class in {town} I have to prepare {a_obj} on {topic} with my {rel} {n}. / My {rel} {n} and I must prepare {a_obj} on {topic} for a class in {town}.
- We have had {dur}, and {he} has not [done a thing|written a word] so far.
- {He} says that {he} works best [at the last minute|under pressure], but it is due on Monday.
- My half is done, and the mark [counts for both|is for both of us].
? {He} is funny and everyone likes {him}.
? I need a good mark this time.
tiny: {n} does no work. / {n} ignores our {obj}.
short: {n} does nothing for our {obj}. / Our {obj} on {topic} is half done.
core: My {rel} {n} has done nothing for our {obj} on {topic}. / After {dur} {n} has not begun our {obj} on {topic}.
more: It is due on Monday, my half is done, and the mark is for both. / My half is done, and it is due on Monday.

key: night_shift
sub: work, family
rel: boss, manager
mood: worry
obj: hospital, factory, bakery, airport, hotel
plan: my evening class, my choir, dinner with my son, football with my son
a: say no, ask for day work, swap with a friend
b: try it for a month, give up my plans, look for a new job
title: New night shifts at the {obj} / Night work or {plan}?
- I have worked at {a_obj} in {town} for years [and like it|and it is a good job]. / My job is at {a_obj} in {town}, and I like it.
- {dur} ago my {rel} {n} put me on the night shift [without asking|and did not ask me].
- The pay is better, but it means the end of {plan}. / I earn more now, but I had to stop {plan}.
- {n} says that nobody else [can do it|has the skill], and {he} may be right.
? I sleep in the day, and the street is loud.
? The nights are calm, I must say.
tiny: {n} gave me nights. / Night work for {n}.
short: {n} put me on nights at the {obj}. / Night shifts cost me {plan}.
core: My {rel} {n} put me on night shifts at the {obj}. / Nights at the {obj} mean the end of {plan}. / For {dur} I have worked nights and missed {plan}.
more: The pay is better, but it means the end of {plan}. / {n} says that nobody else can do it.
more: It pays better, but {n} never asked me about it.
"""
