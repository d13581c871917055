"""Situations of free time: travel, sport, music, weddings, friends. The notation is in tldr_format."""

PAGE = """
key: wedding
sub: weddings, family
rel: cousin, friend, brother/sister
mood: worry
cost: 90 euros, 120 euros, 150 euros, 200 euros
a: wear it with a smile, borrow one, talk to {him} first
b: wear my own clothes, stay at home, share the cost
obj: green suit, blue hat, yellow scarf, pink shirt, gold tie, red coat
title: My {rel} wants me in {a_obj} / {cost} for {a_obj}?
- My {rel} {n} is getting married in {town}, and I am [a witness|in the wedding party]. / I am in the wedding party of my {rel} {n} in {town}.
- {dur} ago {he} told us all to buy the same {obj} for {cost}. / We were all told {dur} ago to buy the same {obj} for {cost}.
- I can hardly pay for the trip, and [I will wear it only once|it looks awful on me].
- The others said yes at once, so [I said nothing|I kept quiet].
? It is {his} big day, after all.
? I have known {him} all my life.
tiny: {n} wants {a_obj}. / {cost} for {a_obj}!
short: {n} wants me to buy {a_obj}. / {a_obj} for {n}'s wedding: {cost}.
core: My {rel} {n} wants me to buy {a_obj} for {cost}. / For {n}'s wedding in {town} I need {a_obj}. / I must buy {a_obj} for {cost} for {n}'s wedding.
more: I can hardly pay for the trip to {town}. / The others said yes, but I can hardly pay for the trip.

key: missed_train
sub: travel, advice
rel: friend, cousin, colleague
mood: cross
obj: train, flight, ferry, bus, boat
why: overslept, lost {his} ticket, forgot {his} passport, wanted one more coffee
a: ask {him} to pay half, travel alone next time, tell {him} how I feel
b: laugh about it, say nothing, plan more time
title: We missed the {obj} because {n} {why} / Missed {obj}, ruined trip
- My {rel} {n} and I had planned a trip to {town} for {dur}. / For {dur} my {rel} {n} and I had planned a trip to {town}.
- On the morning we were to leave, {n} {why}, and we missed the {obj}.
- New tickets were [very expensive|twice as much], and I paid for both of us.
- {He} says that it could happen to anyone and [still has not said sorry|has not said sorry].
? The weather was lovely, at least.
? I had even called {him} the night before.
tiny: {n} {why}. / We missed the {obj}.
short: {n} {why}, so we missed the {obj}. / We missed the {obj} because of {n}.
core: We missed the {obj} to {town} because {n} {why}. / My {rel} {n} {why}, so we missed our {obj}.
more: I paid for new tickets, and {he} has not said sorry. / I paid for both of us after {dur} of plans.
more: I paid for both of us, and {he} says it could happen to anyone.

key: band
sub: music, advice
rel: singer, drummer, pianist
mood: worry
obj: jazz, rock, folk, pop, techno
gig: a wedding, a school party, the town fair, a bar
b: leave the band, go along with it, take a break
a: look for someone new, vote on it, try both styles
title: Our {rel} wants to play {obj} / Our band has a show and a fight
- I play bass in a small band in {town} [with three friends|and it is my whole life].
- Our {rel} {n} decided {dur} ago that we should only play {obj}. / {dur} ago our {rel} {n} told us that we should only play {obj} now.
- We have a show at {gig} soon, and [nobody knows the new songs|the new songs are not ready].
- The others do not care, but I [find it dull|do not like it], and {n} will not listen.
? We have been friends since school.
? My hands know the old songs by heart.
tiny: {n} only plays {obj}. / {n} wants {obj}.
short: Our {rel} {n} only wants {obj}. / {n} wants our band to play {obj}.
core: Our {rel} {n} wants our band to play only {obj} now. / {n} turned our band to {obj} just before {gig}.
more: We have a show at {gig}, and the songs are not ready. / I do not like it, but {n} will not listen.

key: team
sub: sports, advice
rel: coach, captain
mood: worry
obj: football, tennis, hockey, chess, cricket, volleyball
bench: on the bench, out of the team, in the second team, on the waiting list
a: talk to {him} in person, train harder, ask for a trial
b: change clubs, stop for a while, wait for my turn
title: My {rel} put me {bench} / {obj}: I am {bench}
title: Should I leave my {obj} club?
- I have played {obj} in a club in {town} for years. / For years I have been in {a_obj} club in {town}.
- {dur} ago our new {rel} {n} put me {bench}, [with no reason|and gave no reason].
- I never miss training, and [my friends say|the others say] that I am better than before.
- When I asked, {n} only said that {he} wants [younger people|younger players].
? The club is like a family to me.
? I even paid for the new shirts.
tiny: {n} put me {bench}. / {n} dropped me.
short: Our {rel} {n} put me {bench}. / I am {bench} because of {n}.
core: Our {obj} {rel} {n} put me {bench} {dur} ago. / I have been {bench} for {dur}, thanks to {n}. / My {obj} {rel} {n} put me {bench}.
more: I never miss training, but {he} wants younger people. / {He} gave no reason but that {he} wants younger people.

key: gift
sub: friends, advice
rel: friend, boyfriend/girlfriend, husband/wife
mood: worry
obj: scarf, watch, puzzle, teapot, jumper, painting, ukulele
flaw: ugly, far too big, bright pink, the wrong colour
a: tell {him} the truth, swap it for another, ask where {he} bought it
b: hide it in a drawer, give it to my sister, pretend to love it
title: My {rel} gave me a gift that I do not like / The {obj} is {flaw}
- For my birthday {dur} ago my {rel} {n} gave me {a_obj}. / My {rel} {n} gave me {a_obj} for my birthday {dur} ago.
- {He} had [looked for it all over {town}|found it in a little shop in {town}] and was so pleased. / It came from a little shop in {town}, and {he} was so pleased.
- The trouble is that it is {flaw}, and I [never use it|have not used it once].
- Now {he} keeps asking [where it is|whether I like it], and I change the subject.
? Most of {his} gifts are lovely.
? I am a bad liar.
tiny: {n}'s {obj} is {flaw}. / I dislike {n}'s {obj}.
short: {n} gave me {a_obj} that is {flaw}. / The {obj} from {n} is {flaw}.
core: My {rel} {n} gave me {a_obj}, but it is {flaw}. / {n} keeps asking about the {obj}, but it is {flaw}.
more: {He} found it in {town} and keeps asking about it. / {He} keeps asking whether I use it, and I change the subject.
more: I got it {dur} ago, and {he} keeps asking about it.

key: camping
sub: travel, camping
rel: brother/sister, friend, cousin, uncle/aunt
mood: cross
obj: tent, map, stove, water, bread, matches
seen: a bear came, wild pigs came, the rain came, a storm came
dur: two days, three days, four days, five days, ten days, a week
a: pack it all myself, write {him} a list, leave {him} at home
b: sleep in a hotel, try once more, stay in the city
title: My {rel} forgot the {obj} / Camping with {n}: never again?
- My {rel} {n} took me camping near {town} for {dur}. / I went camping near {town} with my {rel} {n} for {dur}.
- I had [asked three times|made a list], but {he} still forgot the {obj}. / In the woods we saw that {he} had forgotten the {obj}.
- On the first night {seen}, and we [sat|slept] in the car until morning.
- {n} [calls it|says it was] the best trip ever and wants to go again in May.
? I had blisters on both feet.
? The stars were great, I admit.
tiny: {n} forgot the {obj}. / No {obj} on our trip.
short: {n} forgot the {obj} on our trip. / My {rel} {n} forgot the {obj}.
core: Camping near {town}, my {rel} {n} forgot the {obj}. / {n} forgot the {obj} on our trip to the woods of {town}.
more: At night {seen}, but {he} wants to go again. / {He} loved it and wants to go again in May.
more: We ended up in the car, and {he} wants to go again.

key: choir
sub: music, friends
rel: neighbour, colleague, friend
mood: worry
obj: choir, dance group, book club, film club, art class
bad: talks all the time, laughs at everyone, is always late, falls asleep
a: talk to {him} alone, ask the leader for help, change groups
b: bear it, skip a few weeks, sit far away
title: My {rel} {bad} in our {obj} / I brought {n} to our {obj}
- I love my {obj} in {town} and go there every week. / Every week I go to my {obj} in {town}, and I love it.
- {dur} ago I brought my {rel} {n}, who [felt lonely|was new in town].
- The problem is that {he} {bad}, and the others [look at me|complain to me].
- {n} [thanks me each time|tells me each time] and says that it is the best part of {his} week.
? We are only nine people.
? I do not want to be cruel.
tiny: {n} {bad}. / {n} spoils our {obj}.
short: {n} {bad} in our {obj}. / I brought {n}, who {bad}.
core: I brought {n} to our {obj}, but {he} {bad}. / In our {obj} my {rel} {n} {bad}.
core: {n} joined our {obj} {dur} ago and {bad}.
more: The others complain, but it is the best part of {his} week. / {He} loves it, but the others complain to me.

key: hotel
sub: travel, money
rel: owner, host, manager
mood: cross
obj: pool, sea view, garden, terrace, beach
dur: two days, three days, four days, five days, ten days, a week, two weeks
real: a car park, a wall, a building site, a noisy road
a: ask for half back, write an honest review, call my bank
b: let it go, take the voucher, warn my friends
title: The {obj} was {real} / No {obj} in {town}
- We booked a room in {town} for {dur} because of the {obj}. / Because of the {obj} we booked a room in {town} for {dur}.
- When we got there, there was no {obj}, only {real}. / Instead of the {obj} we found {real}.
- The {rel}, {n}, said that the photos were [a little old|from last year] and gave us a voucher.
- We [stayed anyway|were too tired to leave], and now {he} [asks us for|wants] a good review.
? The beds were fine, to be fair.
? It was our first holiday in years.
tiny: No {obj}, only {real}. / {n} gave us {real}.
tiny: There was no {obj}.
short: No {obj} in {town}, only {real}. / Instead of the {obj} we got {real}.
core: We booked {dur} in {town} for the {obj} and got {real}. / In {town} we paid for the {obj} and found {real}.
more: The {rel} {n} gave us a voucher and wants a good review. / {n} says that the photos were old and wants a review.

key: language
sub: languages, family
rel: husband/wife, boyfriend/girlfriend
mood: mixed
dur: two weeks, three weeks, six weeks, a month, two months, three months
obj: Polish, Hindi, Korean, Arabic, Dutch, Greek
a: keep trying, take a course, write down a speech
b: just smile, let {n} translate, speak with my hands
title: I learn {obj} for {n}'s parents / My {obj} is a mess
- My {rel} {n} grew up speaking {obj}, and I am learning it for {his} parents in {town}. / For the parents of my {rel} {n} in {town} I am learning {obj}.
- I have worked at it for {dur}, [every evening|each morning on the bus].
- At our first dinner I wanted to say something kind and {slip}. / At the first dinner I {slip} in front of everyone.
- The whole table laughed, {n} too, and {his} mother [gave me more cake|filled my plate again].
? Their cat likes me, at least.
? We see them again on Sunday.
slip: called {his} father a potato, asked for a wet dog, said I was a goat, thanked the soup
tiny: My {obj} is bad. / I {slip}.
short: In {obj} I {slip}. / I learn {obj} for {n}'s parents.
core: I learn {obj} for {n}'s parents and {slip}. / After {dur} of {obj} I {slip} at dinner.
core: After {dur} of {obj} I made {n}'s whole family laugh.
more: The parents of my {rel} {n} laughed, and so did {he}. / The whole table in {town} laughed, {n} too.
"""
