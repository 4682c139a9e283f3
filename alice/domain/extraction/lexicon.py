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
    general github given goal google have he heads-up help here hint hope how however i idea if important in info
    input instead is issue issues it its key know last later lets link links linux list lots main many may maybe
    meeting minutes more most my name need new news next no nobody node none note notes nothing now ok okay on one
    only open option options original other otherwise our out outcome output overview people plan possible
    possibly pr pro problem problems proposal proposed pros question questions reason recording references
    remaining reminder requirement resolution result results role same see seems she should since skipped so some
    somebody someone source status step steps still subject suggestion summary team thank thanks that the then
    there these they thing things think this those time tip title to today todo topic tsc update updates url usage
    users version vote waiting warning was we website week well what when where which while who why will with work
    workflow working would yes you your
    """
)

# Common given names over many languages: enough to tell a person from a product where nothing else says so.
GIVEN_NAMES = word_set(
    """
    aaron abby abdul abigail ada adam adele adrian agnes ahmed aiden aisha akira alan albert alejandro alex
    alexander alexandra alexis alfred ali alice alicia alina alison amanda amelia amir amy ana anders andre andrea
    andreas andrew andy angela anika anita anja ann anna anne annie anthony antoine anton antonio arjun arthur
    astrid audrey barbara beatrice ben benedict benjamin bernard beth bethany bill bob bojan boris brandon brenda
    brian bridget bruce bruno caleb cameron camille carl carla carlos carmen carol caroline carolyn catherine
    cathy cecilia charles charlie charlotte chen cheryl chloe chris christian christina christine christopher
    claire clara clement colin connor craig cristina cynthia dad damian dan dana daniel daniela daniele danielle
    darren dave david dean deborah denis denise derek diana diego dieter dimitri dirk dmitri dominic donald donna
    doris dorothy douglas dylan edith edward elena eli elias elisabeth elizabeth ella ellen emil emily emma eric
    erica erik ernest esther ethan eugene eva evan evelyn fabian fatima felix fernando fiona florian frances
    francesca francesco francis francisco frank franz fred frederic freya friedrich gabriel gabriela gareth gary
    geoffrey george gerald gerhard gianni gina giovanni giulia gordon graham grandma grandpa greg gregory gustav
    hana hannah hans harold harry hassan heather heidi helen helena henri henrik henry hiroshi holly hugo ian
    ibrahim igor ingrid irene iris isaac isabel isabella ivan jack jackie jacob jacqueline jaime jake james jamie
    jan jane janet janice jason javier jean jeff jeffrey jen jennifer jenny jeremy jerry jesse jessica jim jimmy
    joan joanna jochen joe joel johan johann johanna john johnny jon jonas jonathan jordi jorge jose josef joseph
    josh joshua juan judith judy julia julian julie jun jürgen kai karen karin karl kate katharina katherine
    kathleen kathy katie kay keith kelly ken kenji kenneth kevin kim kirsten klaus kristen kristin kumar kurt kyle
    lars larry laura lauren lea leah lee lena leo leon leonard leticia liam lily linda lisa liz lorenzo louis louise
    luca lucas lucia lucy luis luka lukas luke lydia madison maggie malik manuel marc marcel marco marcus margaret
    maria marie marina mario marion mark markus marta martha martin martina mary mateo matt matteo matthew
    matthias maurice max maya mehmet mei mel melanie melissa mia michael michal michel michelle miguel mikael mike
    mikhail milan miriam mohamed mohammed moira molly mom monica monika muhammad mum nadia nadine nancy naomi
    natalia natalie natasha nathan nicholas nick nicola nicolas nicole nigel nikita nina noah noel nora norman
    oleg oliver olivia omar oscar otto pablo paolo patricia patrick paul paula pavel pedro penny pete peter petra
    phil philip philippe pierre priya rachel rafael raj ralph ramesh ramona raquel raymond rebecca renata rene
    ricardo richard rick rita rob robert roberto robin roger roland roman ron ronald rosa rosie ross roy ruben
    russell ruth ryan sabine sally salma sam samantha samir samuel sandra sara sarah sasha scott sean sebastian
    sergei shane shannon sharon sheila shirley silvia simon simone sofia sonia sonja sophia sophie stacy stefan
    stella stephan stephanie stephen steve steven stuart sue sunil susan susanne suzanne sven sylvia takeshi
    tamara tanya tara tatiana ted teresa terry theo theresa thomas tiffany tim timothy tina tobias toby todd tom
    tomas tony tracy travis ulrich ursula valentina valerie vanessa vera veronica victor victoria vikram viktor
    vincent vivian vladimir walter wanda wendy werner william wolfgang xavier yan yuki yusuf yvonne zachary zoe
    """
)

# What people do to finish things; what stands after "will" or "to" where it is a task.
ACTS = word_set(
    """
    add address adopt announce answer apply approach arrange ask assign at-mention attend audit backport block
    book bring build buy call cancel capture champion chase check circulate clarify clean click close collate
    collect come comment commit compile complete confirm connect contact continue convert coordinate copy create
    cut debug decide define deliver deploy describe design develop discuss distribute do document double-check
    draft drive drop edit email enable ensure escalate evaluate explore extend facilitate fetch figure file fill
    finalise finalize find finish fix follow forward gather generate get give go handle help host identify
    implement inform integrate introduce investigate invite join kick label land launch lead learn leave let list
    look mail make manage meet mention merge message migrate move nominate notify open order organise organize
    outline own pass pay phone pick ping plan post postpone pr prepare present print process propose provide
    publish pull push put raise reach read rebase recap record refactor register release remind remove renew
    reopen replace reply report represent request research resend reserve resolve respond restart resubmit return
    revert review revise rework rewrite run scan schedule send set share ship show sign solve sort speak split
    start submit suggest summarise summarize support survey sync tag take talk tell test tidy track train transfer
    translate triage try turn update upgrade upload use validate verify vet visit volunteer vote walk work write
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
