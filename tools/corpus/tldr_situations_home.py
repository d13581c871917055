"""Situations at home: flatmates, neighbours, landlords, family, pets. The notation is in tldr_format."""

PAGE = """
key: borrow
sub: advice, lending
rel: friend, cousin, neighbour, brother/sister
mood: cross
obj: bike, tent, drill, camera, ladder, guitar, tablet, jacket, iron, pump
use: a trip, a family visit, a small job, a party
a: ask for it in writing, go and fetch it, ask {his} mother
b: buy a new one, let it go, wait another week
title: My {rel} [kept|still has] my {obj} / How do I get my {obj} back from my {rel}?
- My {rel} {n} borrowed my {obj} {dur} ago for {use}. / I lent my {obj} to my {rel} {n} {dur} ago, because {he} needed it for {use}.
- I was happy to help, and {he} promised to bring it back [the next day|soon].
- [When I ask,|Each time I ask,] {he} says that {he} forgot and that {he} will bring it tomorrow.
- Now I need the {obj} [myself|again], and a new one is not cheap.
? It is not the first time this has happened.
? We get on well, and I do not want a fight.
tiny: {n} kept my {obj}. / {n} still has my {obj}.
short: My {rel} {n} never returned my {obj}. / {n} has had my {obj} for {dur}. / I lent {n} my {obj} for {use}.
core: My {rel} {n} borrowed my {obj} {dur} ago and kept it. / {n} took my {obj} for {use} and has had it for {dur}. / I lent my {rel} {n} my {obj} {dur} ago for {use}.
more: {He} says that {he} forgot, but I need it again. / I need it now, and {he} always says tomorrow.

key: dishes
sub: flatmates, advice
rel: flatmate, housemate
mood: cross
obj: dishes, pans, plates, cups
where: in the sink, on the table, under {his} bed, on the stairs
a: make a list of jobs, talk to {him} tonight, wash nothing for a week
b: wash them myself, buy paper plates, move out
title: My {rel} never washes {his} {obj} / Dirty {obj} {where}
- I share a [small flat|flat] in {town} with my {rel} {n}. / My {rel} {n} and I share a [small flat|flat] in {town}.
- For {dur} now {he} has left {his} dirty {obj} {where}. / {He} has been leaving {his} dirty {obj} {where} for {dur} now.
- I have asked {him} nicely, and {he} [laughs and says|says] that I worry too much.
- Last night I had friends over, and [there was not one clean fork|we had to clean before we could cook].
? Apart from this {he} is good company.
? I clean the rest of the flat every weekend.
tiny: {n} leaves dirty {obj}. / {n} never cleans up.
short: {n} leaves dirty {obj} {where}. / My {rel} {n} never washes {his} {obj}.
core: {n} has left dirty {obj} {where} for {dur}. / For {dur} {n} has left {his} {obj} {where}. / My {rel} {n} leaves {his} dirty {obj} {where}.
more: I asked, but {he} says that I worry too much. / {He} only says that I worry too much.

key: noise
sub: neighbours, housing
rel: neighbour
mood: cross
obj: drums, trumpet, piano, violin, organ, radio
time: at midnight, at six, on Sundays, after ten
a: write to the landlord, knock on {his} door, call the house meeting
b: buy earplugs, sleep at a friend's place, keep quiet
title: My neighbour plays the {obj} {time} / Loud {obj} {time}, what can I do?
- I moved into a [quiet|nice] house in {town}, or so I thought. / My flat in {town} was quiet when I moved in.
- Then my {rel} {n} [began to play|started playing] the {obj} {time}, and it has gone on for {dur}. / But for {dur} my {rel} {n} has been playing the {obj} {time}.
- The walls are thin, so I hear every note, and I [cannot sleep|hardly sleep].
- I [left a kind note|wrote a kind note], but {he} said that {he} needs to practise.
? I work early, so I need my sleep.
? To be fair, {he} plays quite well.
tiny: {n} plays {obj} {time}. / {n} is too loud. / Loud {obj} {time}.
short: {n} plays the {obj} {time}. / My {rel} {n} plays the {obj} {time}.
core: My {rel} {n} has played the {obj} {time} for {dur}. / For {dur} {n} next door has played the {obj} {time}. / {n} plays the {obj} {time}, and I cannot sleep.
more: I left a note, but {he} says {he} must practise. / The walls are thin, and {he} needs to practise.

key: pet_sitting
sub: pets, advice
rel: neighbour, cousin, friend, brother/sister
mood: worry
obj: cat, dog, rabbit, parrot, old cat, puppy
odd: hides under the bed, will not eat, sleeps all day, follows me around
a: call a vet, ask {n} again, take a day off
b: wait a few days, buy new food, give it more time
dur: four days, five days, ten days, a week, two weeks, three weeks, a month
title: The {obj} {odd} since I came back / My {obj} {odd}
- I was away in {town} for {dur}, and my {rel} {n} looked after my {obj}. / My {rel} {n} took care of my {obj} while I was in {town} for {dur}.
- [Since I came home,|Since I got back,] the {obj} {odd}, which is quite new.
- {n} [swears|says] that everything was fine and that {he} fed it [twice a day|every day].
- I believe {him}, but [something must have changed|it is not like before].
? The food and the water are the same as ever.
? It was a birthday present, and I love it dearly.
tiny: My {obj} {odd}. / My {obj} is strange.
short: Since my trip my {obj} {odd}. / {n} had my {obj} and now it {odd}.
core: My {obj} {odd} since {n} looked after it. / After {dur} with my {rel} {n} my {obj} {odd}. / Back from {town}, and now my {obj} {odd}.
more: {n} says that all was fine while I was away. / My {rel} fed it and says that all was fine.

key: lost_pet
sub: pets, neighbours
rel: neighbour, teacher, baker
mood: glad
obj: cat, tortoise, parrot, rabbit, dog
gift: a cake, some flowers, a nice card, a bottle of wine
where: in {his} garage, in {his} kitchen, behind the school, in {his} garden
a: give {him} {gift}, invite {him} to dinner
b: pay {him} a reward, just say thank you
title: My {obj} is back after {dur} / Found: one {obj}
- My {obj} [got away|got out] {dur} ago through an open window in {town}. / {dur} ago, here in {town}, my {obj} got out through a window.
- I put up notes on every tree and [hardly slept|walked the streets each night].
- Today a {rel} called {n} [rang|phoned]: my {obj} was sitting {where}, [fat and happy|quite happy].
- {He} had even bought food for it and [wants no money|asks for nothing].
- I want to thank {him}, maybe with {gift}.
? I cried a little when I saw it.
? The window now has a lock.
tiny: {n} found my {obj}. / My {obj} is back!
short: {n} found my lost {obj} {where}. / My {obj} is back after {dur}.
core: My {obj} was lost for {dur} until {n} found it. / A {rel}, {n}, found my lost {obj} {where}.
more: {He} fed it and wants no money, so I thought of {gift}. / I want to thank {him}, maybe with {gift}.

key: deposit
sub: housing, money
rel: landlord/landlady
mood: cross
obj: small stain, broken chair, old crack, loose tile, dusty oven
sum: 200 euros, 300 euros, 450 euros, 600 euros
a: write a formal letter, call a lawyer, ask the tenants' union
b: accept half, forget the money, leave a bad review
title: My {rel} keeps {sum} / {sum} for {a_obj}?
- I left my flat in {town} {dur} ago [and cleaned it well|after two good years].
- Now my {rel} {n} wants to keep {sum} of my deposit because of {a_obj}. / Since then {n}, my {rel}, has kept {sum} of my deposit and points to {a_obj}.
- I have photos from the first day, and [they show|you can see] that it was there before me.
- {He} does not answer my letters and [never picks up the phone|hangs up when I call].
? I need the money for the new place.
? The other tenants had the same trouble.
tiny: {n} kept my deposit. / {n} keeps {sum}.
short: My {rel} {n} keeps {sum}. / {n} keeps {sum} for {a_obj}.
core: My {rel} {n} keeps {sum} because of {a_obj}. / {n} kept {sum} of my deposit over {a_obj}.
more: My photos show that it was there before me. / I have photos, but {he} does not answer me.

key: heating
sub: housing, advice
rel: landlord/landlady
mood: cross
obj: heating, shower, oven, fridge, lift, front door
title: The {obj} has been broken for {dur} / My {rel} will not fix the {obj}
b: wait for {him}, move out, fix it with a friend
excuse: a part is missing, {he} is on holiday, it is my own fault, it can wait until spring
a: pay less rent, pay someone to fix it, write to the town hall
- The {obj} in my building in {town} broke {dur} ago. / I rent a flat in {town}, where the {obj} has not worked for {dur}.
- I told my {rel} {n} [at once|the same day], and {he} said {he} would send someone.
- Nobody came, and now {he} says that {excuse}. / No one ever came, and {his} new excuse is that {excuse}.
- My rent is paid on time every month, so I [expect|think I deserve] better.
? An old couple below me has the same problem.
? I keep every letter in a folder.
tiny: {n} won't fix the {obj}. / The {obj} is broken.
short: The {obj} has been broken for {dur}. / My {rel} {n} won't fix the {obj}.
core: My {rel} {n} has not fixed the {obj} for {dur}. / The {obj} broke {dur} ago, and {n} does nothing.
core: The {obj} broke {dur} ago, and {n} will not fix it.
more: {He} says that {excuse}. / Nobody came, and {he} says that {excuse}.

key: garden
sub: gardening, neighbours
rel: neighbour
mood: cross
obj: apple tree, hedge, rose bush, old oak, plum tree, ivy
harm: takes all the light, drops leaves on my path, blocks my window, grows over my fence
a: cut it myself, offer to pay half, ask the town hall
b: plant something else, learn to live with it, say nothing
title: My {rel}'s {obj} {harm} / What to do about the {obj} next door?
- I have a small garden in {town} where I grow [beans and salad|herbs and beans].
- The {obj} of my {rel} {n} {harm}. / Next door lives {n}, and the {obj} of my {rel} {harm}.
- I asked {him} {dur} ago to cut it back, and {he} [smiled and said yes|said yes at once].
- Nothing has been done since, and {he} now says that {he} loves it [as it is|just so].
? My beans are [small and pale|not happy].
? Once we drank tea there together.
tiny: {n}'s {obj} is a pain. / {n} won't cut it back.
short: The {obj} next door {harm}. / {n} will not cut the {obj} back.
core: The {obj} of my {rel} {n} {harm}. / {n} promised {dur} ago to cut the {obj} back. / {n}'s {obj} {harm}, and {he} won't cut it.
more: {He} said yes {dur} ago, but nothing has been done. / {He} loves it as it is and will not cut it.

key: rent_share
sub: flatmates, money
rel: flatmate, housemate
mood: cross
dur: two weeks, three weeks, six weeks, a month, two months, three months
obj: bigger room, balcony, best room, room with a bath
share: half the rent, a third of the rent, less than me, the same as me
a: ask {him} to pay more, draw lots for the room, talk to the landlord
b: look for a new flat, wait until summer, accept it
title: {n} has the {obj} and pays {share} / Fair rent for the {obj}?
- {n} and I moved into a flat in {town} {dur} ago. / I moved in with {n} in {town} {dur} ago.
- My {rel} got the {obj}, because {he} [came first|was there first], and {he} pays {share}.
- My own room is [dark and tiny|so small that my desk does not fit], but I never said anything.
- Yesterday I [brought it up|raised it], and {he} told me that a deal is a deal.
? On paper nothing was ever agreed.
? We cook together, and that part is great.
tiny: {n} pays too little. / {n} has the {obj}.
short: {n} has the {obj} but pays {share}. / My {rel} {n} has the {obj}.
core: My {rel} {n} has the {obj} and pays {share}. / For {dur} {n} has had the {obj} and paid {share}.
more: I asked, but {he} says that a deal is a deal. / My own room is tiny, but {he} will not change the deal.

key: sibling_party
sub: family, advice
rel: brother/sister, cousin, uncle/aunt
mood: worry
obj: birthday party, big dinner, summer party, surprise party
clash: my exam, my night shift, a concert, a first date
a: go for one hour, move my plans, call {him} tonight
b: send a nice gift, stay away, tell the family the truth
title: My {rel}'s {obj} is on the day of {clash} / {obj} or {clash}?
title: Missing a family party for {clash}
- My {rel} {n} is planning {a_obj} in {town}. / There will be {a_obj} in {town}, planned by my {rel} {n}.
- I [heard of it|was told] only {dur} ago, and the date is the same as {clash}.
- {n} has [worked hard on it|put a lot of love into it] and says that everyone else will come.
- If I stay away, {he} will be hurt, and [the whole family will talk|my mother will hear of it].
? Last year {he} came to mine.
? I am bad at saying no.
tiny: {n}'s party or {clash}? / {n}'s day clashes.
short: {n}'s {obj} clashes with {clash}. / I may miss {n}'s {obj}.
core: My {rel} {n} has {a_obj} on the day of {clash}. / {n}'s {obj} in {town} clashes with {clash}.
more: I heard of it {dur} ago, and {he} will be hurt if I miss it. / If I stay away, {he} will be hurt.

key: recipe
sub: cooking, family
rel: uncle/aunt, grandfather/grandmother, father/mother
mood: worry
dur: two weeks, three weeks, six weeks, a month, two months, three months
obj: soup, apple cake, bread, curry, fish pie, stew
flaw: too salty, too dry, burnt, far too sweet
a: ask for the recipe again, cook with {him} once, follow a book
b: order food instead, make something easy, serve it with a smile
title: My {obj} is always {flaw} / How do I save {n}'s {obj}?
- My {rel} {n} from {town} makes the best {obj} I know. / Nobody makes {obj} like my {rel} {n} in {town}.
- I have tried to copy it for {dur}, and every time it comes out {flaw}. / For {dur} I have tried to cook it, and it is always {flaw}.
- {He} never measures anything and [just says|only says] that I must feel it.
- On Saturday {he} is coming [to dinner|to my place], and I promised to cook it.
? My oven is old, but it works.
? My friends say that I should laugh about it.
tiny: My {obj} is {flaw}. / I can't cook {n}'s {obj}.
short: My {obj} always comes out {flaw}. / {n}'s {obj} always fails for me.
core: I try to copy {n}'s {obj}, but it is always {flaw}. / After {dur} my {obj} is still {flaw}, unlike {n}'s.
more: My {rel} never measures, and on Saturday {he} comes to dinner. / {He} is coming on Saturday, and I promised to cook it.

key: wall
sub: housing, family
rel: husband/wife, boyfriend/girlfriend, flatmate
mood: worry
dur: two days, three days, four days, five days, ten days, a week, two weeks, a month
obj: kitchen, bedroom, hall, bathroom
colour: yellow, dark blue, bright red, green, black
a: paint it again, tell {him} the truth, choose a colour together
b: hang up pictures, get used to it, say that I like it
title: {n} painted our {obj} {colour} / Our {obj} is {colour} now
- I came home from {town} after {dur} away [and opened the door|and put down my bag]. / I had been in {town} for {dur} when I came home on Friday.
- As a surprise my {rel} {n} had painted our {obj} {colour}, even the [doors|ceiling].
- {He} was so proud, with paint in {his} hair, that I [smiled and said nothing|just smiled].
- But I [do not like it at all|really cannot stand it], and I see it every day.
? It must have been a lot of work.
? My plants seem to like it, at least.
tiny: Our {obj} is {colour}. / {n} painted the {obj}.
short: {n} painted our {obj} {colour}. / My {rel} {n} painted our {obj}.
core: My {rel} {n} painted our {obj} {colour} while I was away. / While I was in {town}, {n} painted our {obj} {colour}.
more: {He} was so proud that I said nothing. / I do not like it, but {he} is so proud of it."""
