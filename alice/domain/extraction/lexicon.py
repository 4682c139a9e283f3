"""The word lists that the rules share, in lower case. Lists only; what a word means where is the rules' business."""

from __future__ import annotations


def word_set(text: str) -> frozenset[str]:
    """Return the words of a written list as a set."""
    return frozenset(text.split())


# Words that open a line before a colon or a modal verb and are nobody.
NOBODY = word_set(
    """
    a about according action actions after again agenda agree agreed ai all also although an and announcement
    announcements answer any anybody anyone api as ask background because before board both but by can case
    challenge ci comment concern concerns conclusion consensus context cpc current currently date deadline
    decision decisions definition description details different discussed discussion discussions docs does done
    due each error everybody everyone example facebook fact feedback first fixme follow for from future fyi
    general github given goal google have he heads-up help here hint hope how however i idea if important in
    info input instead is issue issues it its key know last later lets link links linux list lots main many may
    maybe meeting minutes more most my name need new news next no nobody node none note notes nothing now ok
    okay on one only open option options original other otherwise our out outcome output overview people plan
    possible possibly pr pro problem problems proposal proposed pros question questions reason recording
    references remaining reminder requirement resolution result results role same see seems she should since
    skipped so some somebody someone source status step steps still subject suggestion summary team thank thanks
    that the then there these they thing things think this those time tip title to today todo topic tsc update
    updates url usage users version vote waiting warning was we website week well what when where which while
    who why will with work workflow working would yes you your
    """
)

# Common given names over many languages: enough to tell a person from a product where nothing else says so.
GIVEN_NAMES = word_set(
    """
    aaron abby abdul abigail ada adam adele adrian agnes ahmed aiden aisha akira alan albert alejandro alex
    alexander alexandra alexis alfred ali alice alicia alina alison amanda amelia amir amy ana anders andre
    andrea andreas andrew andy angela anika anita anja ann anna anne annie anthony antoine anton antonio arjun
    arthur astrid audrey barbara beatrice ben benedict benjamin bernard beth bethany bill bob bojan boris
    brandon brenda brian bridget bruce bruno caleb cameron camille carl carla carlos carmen carol caroline
    carolyn catherine cathy cecilia charles charlie charlotte chen cheryl chloe chris christian christina
    christine christopher claire clara clement colin connor craig cristina cynthia dad damian dan dana daniel
    daniela daniele danielle darren dave david dean deborah denis denise derek diana diego dieter dimitri dirk
    dmitri dominic donald donna doris dorothy douglas dylan edith edward elena eli elias elisabeth elizabeth
    ella ellen emil emily emma eric erica erik ernest esther ethan eugene eva evan evelyn fabian fatima felix
    fernando fiona florian frances francesca francesco francis francisco frank franz fred frederic freya
    friedrich gabriel gabriela gareth gary geoffrey george gerald gerhard gianni gina giovanni giulia gordon
    graham grandma grandpa greg gregory gustav hana hannah hans harold harry hassan heather heidi helen helena
    henri henrik henry hiroshi holly hugo ian ibrahim igor ingrid irene iris isaac isabel isabella ivan jack
    jackie jacob jacqueline jaime jake james jamie jan jane janet janice jason javier jean jeff jeffrey jen
    jennifer jenny jeremy jerry jesse jessica jim jimmy joan joanna jochen joe joel johan johann johanna john
    johnny jon jonas jonathan jordi jorge jose josef joseph josh joshua juan judith judy julia julian julie jun
    jürgen kai karen karin karl kate katharina katherine kathleen kathy katie kay keith kelly ken kenji kenneth
    kevin kim kirsten klaus kristen kristin kumar kurt kyle larry lars laura lauren lea leah lee lena leo leon
    leonard leticia liam lily linda lisa liz lorenzo louis louise luca lucas lucia lucy luis luka lukas luke
    lydia madison maggie malik manuel marc marcel marco marcus margaret maria marie marina mario marion mark
    markus marta martha martin martina mary mateo matt matteo matthew matthias maurice max maya mehmet mei mel
    melanie melissa mia michael michal michel michelle miguel mikael mike mikhail milan miriam mohamed mohammed
    moira molly mom monica monika muhammad mum nadia nadine nancy naomi natalia natalie natasha nathan nicholas
    nick nicola nicolas nicole nigel nikita nina noah noel nora norman oleg oliver olivia omar oscar otto pablo
    paolo patricia patrick paul paula pavel pedro penny pete peter petra phil philip philippe pierre priya
    rachel rafael raj ralph ramesh ramona raquel raymond rebecca renata rene ricardo richard rick rita rob
    robert roberto robin roger roland roman ron ronald rosa rosie ross roy ruben russell ruth ryan sabine sally
    salma sam samantha samir samuel sandra sara sarah sasha scott sean sebastian sergei shane shannon sharon
    sheila shirley silvia simon simone sofia sonia sonja sophia sophie stacy stefan stella stephan stephanie
    stephen steve steven stuart sue sunil susan susanne suzanne sven sylvia takeshi tamara tanya tara tatiana
    ted teresa terry theo theresa thomas tiffany tim timothy tina tobias toby todd tom tomas tony tracy travis
    ulrich ursula valentina valerie vanessa vera veronica victor victoria vikram viktor vincent vivian vladimir
    walter wanda wendy werner william wolfgang xavier yan yuki yusuf yvonne zachary zoe
    """
)

# What people do to finish things; what stands after "will" or "to" where it is a task.
ACTS = word_set(
    """
    add address adopt announce answer apply approach archive arrange ask assemble assign at-mention attend audit
    backfill backport bake benchmark bill block book borrow bring build bump burn buy calculate call cancel
    capture carry catalog catalogue champion charge chase check circulate clarify clean click close coach
    collate collect come comment commit compile complete compute configure confirm connect consult contact
    continue convert cook coordinate copy count create cut debug decide define deliver deploy deposit describe
    design destroy develop dig disassemble discuss distribute do document donate double-check draft drive drop
    edit email empty enable enrol enroll ensure escalate estimate evaluate examine exchange explore extend
    facilitate feed fetch figure file fill film finalise finalize find finish fix follow forward freeze gather
    generate get give go grade graph handle hang help hire host identify implement index inform inspect install
    integrate interview introduce investigate invite invoice join kick label land launch lead learn leave lend
    let list lock look mail make manage mark measure meet mention mentor merge message migrate model mount move
    mow negotiate nominate notify onboard open order organise organize outline own package paint pass pay phone
    photograph pick ping plan plant plot plug post postpone pr practice practise prepare present print process
    profile propose provide publish pull push put quantify quote raise reach read rebase rebook recap record
    recover redo refactor refill refund register rehearse reimburse release remind remove rename renegotiate
    renew rent reopen repair replace replenish reply report represent request reschedule research resend reserve
    resolve respond restart restock restore resubmit retrieve return revert review revise rework rewrite run
    scan schedule sell send set set-up setup share ship show shred sign simulate sketch solve sort speak split
    start study submit subscribe suggest summarise summarize support survey swap sync tag take talk teach tell
    test tidy track train transfer translate triage try turn unblock uninstall unlock unplug unsubscribe update
    upgrade upload use vacuum validate verify vet visit volunteer vote walk wash water wire withdraw work write
    """
)

# What things and people merely are or feel: "Ada will need" and "Ada will be away" are no tasks.
STATES = word_set(
    """
    a agree all always an any appear be become believe break cause contain depend die disagree everyone exist
    expect fail fall feel get grow happen hate have hear her here him hope imagine it know last like likely love
    matter me mean miss most mostly my need never no not our people prefer probably remain require see seem some
    stay that the them there think this understand us vary wait want wonder you your
    """
)

# Acts that move work between people: asked for in passing, they are still work to be done.
COORDINATING = word_set(
    """
    announce arrange ask book call check circulate clarify confirm contact coordinate create decide define
    discuss document draft email escalate figure file find follow grant identify inform investigate invite list
    nominate notify open organise organize ping plan post prepare propose publish raise reach report request
    review schedule send set share submit summarise summarize tell update verify write
    """
)
