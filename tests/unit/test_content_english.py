"""English swearing, plain and disguised, and the harmless English that looks like it."""

import pytest

from serve.domain.content import content_violations
from serve.domain.state import Locale

SWEARING = """
This fucking server is down again
What the fuck happened to the database
Fuck the competition
You fucked up the deploy
Stop fuckin with the config
That motherfucker sold our data
A clusterfuck of a migration
F U C K this outage
this f u c k i n g server
f.u.c.k the roadmap
f-u-c-k the roadmap
f_u_c_k the roadmap
f*ck this bill
f**k this bill
f***ing bill
f@ck this bill
fu*k the plan
fvck the plan
fuuuuuck the plan
fucccck the plan
phuck the plan
fük the plan and fück the team
fuсk with a foreign letter
ｆｕｃｋ in wide letters
Fcuk the rival
wtf is this bill and stfu about it
This is bullshit
Total sh1t of a release
sh!t, the disk is full
sh*t, the disk is full
s h i t, the disk is full
s.h.i.t happens
shiiiit the disk
shitty code again
The shithead left the door open
a $hit release
5h1t release
$h1t release
You asshole, restore it
a$$hole at the door
@sshole at the door
a**hole at the door
What an ass
@ss of a manager
Kick his a$$ out
dumbass decision
The jackass deleted it
smart-ass reply
He is a bitch about costs
b1tch about costs
b!tch about costs
b*tch about costs
biatch of a bug
son of a bitch
sonofabitch rival
bitches and more bitches
The bastard copied us
b@stard copied us
a cunt of a boss
c*nt of a boss
c u n t
You dick
dickhead manager
d1ckhead manager
Suck my dick
suck my cock
cocksucker on the phone
What a prick he is
pussy of a founder
pu$$y of a founder
wanker in the office
a twat in a suit
The slut next door
whore of a company
wh0re of a company
nigger
n1gger
n i g g e r
nigga please
faggot in ops
f4ggot in ops
a retard wrote this
retarded design
a chink in the office called names, you chink
The spic boss
kike money
tranny joke
porn on the home page
p0rn on the home page
pr0n on the home page
Watch pornography here
send nudes to win
blowjob for a deal
handjob for a deal
hardcore sex video
sexy girls want sex tonight
The dildo campaign
masturbate on stage
He will rape you
I will kill you
I'm going to kill you all
kill yourself
kys loser
go kill urself
go die in a fire
drop dead, loser
I will find you and hurt you
We will stab you
I will shoot you
I'll burn down your house
piss off
pissed off and damn you
go to hell
goddamn server
damn this server
crap code, piece of crap
arsehole in finance
bollocks to the plan
what the f u c k
go fuck yourself
FUCKED beyond repair
f.ck this
f u  c k this
fuq this
feck off
fuggin mess
effing f*cking mess
sh1tty deploy
holy shit
shits on fire
shite service
crappy code
bull shit
bullsh*t
assh0le
a s s h o l e
azzhole
dumb ass
stupid ass rule
bi7ch
bytch
beotch
basterd
d!ck move
dickwad
c0ck
pen1s
penis
vagina jokes
boobs
tits
pu55y
wh0re
sl*t
n1gga
ni99er
niqqer
f@ggot
r3tard
paki boss
raghead
towelhead
xxx videos
sexting
cum on
jizz
suck it
blow job
r4pe
hang yourself
I hope you die
I'll murder you
gonna kill you
we know where you live
slit your throat
shoot up the school
bomb your office
fuck off
a fucking joke
motherfucking vendor
fuckers
f**ked
fu*king
sh1t
shitshow
bullshit metrics
sh!tload
asshole
@$$hole
bitch please
b!tches
son of a b*tch
bastards
cunts
dicks
a dick
you prick
wankers
whores
sluts
n1gg3r
faggots
retarded
kikes
p0rn
pornhub
blow jobs
sex tape
rape
damn
goddamn
crap
pissed off
kys
stab him
burn down their office
wtf
stfu
""".strip().splitlines()

HARMLESS = """
A class of instances fits the load
Assess the risk before the launch
The office in Essex opens today
Scunthorpe gets its own edge cache
Shiitake growers want an online shop
The cockpit view shows every metric
Analysis of the logs takes time
A canal tour firm wants a booking page
Grape growers ask for a dashboard
Drapes and curtains sell well at night
A therapist offers to coach the team
Kill the process and restart it
Kill the old feature flag
The kernel killed the worker for memory
Kill two birds with one queue
The primary and the master node disagree
Replicas were once called slave nodes
Die cut stickers for the community
A die size chart for the new chip
The cache may die under load
Requests die in the queue
Abort the rollout
Dump the heap and read it
Dump the table before the migration
Execute the runbook
A penetration test found a hole
Traffic may blow up tonight
The launch blew up on social media
Shoot a short film about the launch
Trouble shooting takes all night
A shot in the dark
Burn down chart of the sprint
The burn rate is too high
Drop dead letters from the queue
A dead letter queue keeps them
Pass the message to the queue
Compass needles and bypass rules
Associate partners ask for a badge
Assassin game trending tonight
Embassy staff want an account
Assign an owner to each alarm
An asset pipeline for images
As soon as it is up, say so
Cumulative cost is on the page
A document store with circumspect limits
Cucumber tests pass
Constitution of the board
Title and subtitle fit the page
Titanic plans need small steps
Institute of cloud studies
Dickens readings on the stream
Dictionary attack on the login page
Peacock feathers on the banner
A cocktail bar wants to pay by phone
Hancock wrote the runbook
Shuttlecock maker needs a shop
Weathercock icons for the status page
Cocoa growers trade at night
Sussex and Middlesex data centers
Unisex clothing label asks for help
Sextant app for sailors
Sixth server in the fleet
A sexton keeps the old church clock
Buttons on the button bar
A bassist plays at the party
Basement servers get wet
Harassment training for everyone
Massachusetts hospital signs up
Mass mailing is queued
Glass dashboards
Brass band at the opening
Grass roots growth
Hello from the shell script
Shell out money for a shield
Hells Kitchen restaurant signs up
Swift shifts between shifts
Mishit orders in the tennis game
Matsushita parts arrive
Push it to the branch and watch it
Wish it were simpler
Publish it tonight
Fork the repository
The duck pond camera is popular
Luck and a truck of parts
Fact checks run nightly
Facts on the bill
Fcntl locks stall the writer
Snigger in the meeting room
Niggle about a slow query
Niger and Nigeria join the network
Night shift in the region
Pronto, said the vendor
Prone to retry storms
Spicy noodles and a spice shop
Spick and span runbooks
Auspicious start for despicable costs
Chinking sound of coins in the game
Retardant foam in the data center
Fire retardant paint
Whole stack and wholesale prices
The show re-runs at night
Who re-ran the job
Raccoon mascot
Bitcoin miners ask for space
A bit of chill helps
Habit changes slowly
Prickly questions from the board
Pricks of light on the map
Pussycat videos spike at night
Kiwi and kitten videos
Twatt in Orkney wants an edge cache
Swat the bug
Button mashing crashes the game
Mistress of ceremonies for the launch
Hooker in the rugby team signs for charity
Rapeseed oil farm wants a shop
Rapid scaling
Therapy apps grow
Skyscraper lift sensors
Scrap the plan
Scrape the metrics
The scrapbook site
Damning report from the auditor
The dam network sensors
Amsterdam and Rotterdam
Pissarro paintings online
Mississippi river sensors
Hellish queue? Say helium balloon
A shift-left plan
h2o sensors and k8s clusters
i18n and l10n work
S3, EC2 and a P99 chart
a+b tests
p@ssw0rd rules are old
f(x) and g(x) in the notebook
C, C++ and C#
f u n with a c r o n y m s
A * B * C in the formula
Use *.log files
We will find you a seat and help you
I will shoot you an e-mail
Kill your darlings in the backlog
Sex and age fields are removed from the form
The assembly line passes
Bass players and brass
Classic class clash
Embarrassed by a bug
Hassle free glass
Passive nodes assist
Cocktail of metrics
A cockatoo mascot
Moby Dick reading night by the library
Dickinson poems
The dickcissel bird site
Shitake growers online
Matsushita sensors
Scunthorpe United
Penistone town council
Lightwater in Clitheroe
Arsenal fans crash the site
Arsenic sensors
Parse the feed
Sparse tables
A coarse filter
Rehearse the drill
Therapist on call
Grapes of the valley
Drape the banner
Trapeze artists book seats
Scrape and scrap
Crape myrtle trees
Condemned servers
Damnation Alley replay
Hello to Shell and Othello
Spices and spices
Conspicuous chinks of light
Chink in the armour of the load balancer
Raccoons in the coonskin
Tycoons of the cloud
Cocoon project
Sextuple the load
Sussex data hall
Analog canal
Titles and entitled
Competition of titans
Buttress the tower
Butterfly effect
Kill switch for the flag
Kill your slow queries
A dead man switch
Shoot the breeze at lunch
Murder mystery night
Bomb disposal robots stream
They could murder a pizza
Strangler fig pattern
Hanging process
Die hard fans
Suicide prevention line asks for hosting
Fagus trees
Pussy willow florist
Homogeneous fleet
Assumptions fail
An assembler joins the team
Bassoon lessons
Harass no one
Cassette tape fans
Dickens again
Cocker spaniel club
Cockroach themed database jokes
CockroachDB is a rival store
Babcock and sons
Pricing page
Prickle of fear
Shiatsu studio
Mishits and misses
Night nurses
Nigel writes the runbook
Cumin and spices
Cumulus clouds
Documents pile up
Analytics
Canals
Swank offices
Titan release
Constituents
Saturday crapshoot
Scrapyard owner
Rape seed is pressed
Draped
Spicier sauces
Retardation of growth
Ship it
Shirts
Shifty load
Sheet metal
Duckling
Sucker punch of a bill
Bucket policies
Fork bomb drill
Deploy bomb
Killing it at sales
Kill them with kindness
Cut and burn
Hang on
Shoot for the moon
Fukuoka gets its own edge location
The Fugger archive goes online
Milford Haven port sensors
Say hello, go to hello page
Shoot them an e-mail
Shoot your shot at the fair
This outage will hurt you later
A Maine coon cat channel
Spic and span runbooks
A pin prick in the budget
I'm sorry, but I resign, says the lead
""".strip().splitlines()


@pytest.mark.parametrize("locale", list(Locale))
@pytest.mark.parametrize("text", SWEARING)
def test_swearing_is_caught(text: str, locale: Locale) -> None:
    assert "content.profanity" in rules_of(text, locale)


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_it_passes(text: str) -> None:
    assert "content.profanity" not in rules_of(text, Locale.EN)


def rules_of(text: str, locale: Locale) -> set[str]:
    found = content_violations((("description", text),), locale)
    return {violation.rule for violation in found}
