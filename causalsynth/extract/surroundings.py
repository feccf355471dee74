"""Words around a name that tell whether it is said of the subject, see `causalsynth.extract.standing`."""

from causalsynth.extract.word_sets import word_set

__all__ = [
    "ASKING",
    "GENERAL",
    "HARMS",
    "HEADINGS",
    "LICENSED",
    "MAY_FOLLOW",
    "MAY_PRECEDE",
    "MEDIA",
    "NUMBER_LINKS",
    "OTHERS_DO",
    "OWN",
    "PREDICATES",
    "QUANTIFIERS",
    "SPOKEN_OF",
    "TOPICS",
    "VISITS",
]


TOPICS = word_set("about against around beyond concerning re regarding toward towards unlike versus vs")
"""A name behind one of these is only spoken about: ``a book about TB``."""
LICENSED: dict[str, frozenset[str]] = {
    "for": word_set("""
        account accounted accounting accounts blame cause explanation reason
        treating treat treats manage managing + admitted antibiotics attended care chemotherapy criteria diagnostic
        attend attending attends drugs follow followed following follows here hospitalised hospitalized
        inhaler inhalers known lobectomy managed medication oncologist oncology operated operation pneumonectomy
        afatinib att chemo chemoradiotherapy dots durvalumab hrze immunotherapy nivolumab osimertinib palliation
        pembrolizumab radiation ripe sabr started
        pos amoxicillin antibiotic azithromycin co amoxiclav erythromycin penicillin
        bronchodilators clarithromycin completed course courses doxycycline isoniazid nebulisers
        nebulizers prednisolone prednisone prescribed quadruple rescue rifampicin salbutamol steroid steroids taking
        positive present presented presenting presents radiotherapy regimen resection responsible reviewed rhze seen
        surgery
        tablets therapy treated treatment under ve
    """),
    "on": word_set("back decided landed settled still"),
    "from": word_set("""
        mets metastases metastasis spread is was are apart arising come comes derives resulting results stemming
        stems suffer suffered suffering suffers
    """),
    "in": word_set("brought culminating ended ending resulted resulting"),
    "into": word_set("developed developing evolved gone grown progressed settled slid slipped tipped turned turning"),
    "than": word_set(
        "other worse more serious sinister dramatic exotic ominous dangerous complicated graver nastier scarier else"
    ),
}
"""The words before which a preposition makes no topic of what follows: ``treated for TB``."""
SPOKEN_OF = word_set("""
    awareness burden cases cause causes cluster complications control dread epidemic idea incidence issue matter
    mechanisms question
    memories mention number numbers outbreak outbreaks prevalence rate rates rumor rumors rumour rumours spectre
    spread stories story studies study subject tales talk thought topic transmission wave waves word
""")
"""What is told of a name behind an ``of``: ``an outbreak of TB``."""
HARMS = word_set("causes costs damages harms kills ruins worsens")
"""Verbs that make a habit the subject of a saying: ``smoking causes …``."""
MAY_PRECEDE = word_set("""
    comprises consequent includes included listed lists resulting resultant
    accompanying acquired advanced as associated becomes becoming being called caught causing coexisting complaining
    complicated contracted contracts described detected detects developed developing diagnoses did disabling discloses
    comes copes deals demonstrating displaying disseminated distressing documented does equals established establishes
    exhibiting existing experiencing fits goes lives manifesting nursing reporting struggles suffering feeling fulfills
    fulfils gets getting got grows had has having his identified identifies increasing indeed is isolated its lasting
    limiting localised localized longstanding means meets metastatic mutated named needed observed ongoing operated
    persistent persisting plus presents progressing proves reads recorded recurring relapsed relapsing remaining
    resected resistant reveals says sputum suffers this thus told underlying unresected untreated was worsening yes
    yielded yields gives returns returned
    charted charts treats treating cultured isolates coexists concomitant confirms evidenced seems
    carries notes growing grows reactivated
    represents reproduces reproducing represented ems evidences denotes signifies harbours harbors
    complaints complains calls calling recognised recognized declares admits differentiated committed resting
    confesses concedes acknowledges documents records refers relates recounts discovered diagnosed found visualised
    visualized inoperable unresectable dedicated hardened inveterate
    superadded supervening complicating unremitting unresolving smouldering grumbling lingering continuing neglected
""")
"""Words in ``-s``, ``-ed``, ``-ing`` that may stand before a name and leave it the subject's own: ``worsening
bronchitis``."""
MAY_FOLLOW = word_set("""
    a about abuse accounts across acute after again against aged all alone alongside also an approximately are
    around as at bacilli be because been before beyond bilateral both by can chronic confirmed consumption
    began begins started starts developed occurred occurs arose returned recurred worsened worsens persisted twice
    monday tuesday wednesday thursday friday saturday sunday plain pure proper alright uncomplicated viral bacterial
    thrice overnight occ occasional never remains remained
    continues could despite diagnosed did disease distal do does down drugs during each enough even every explains
    for from grade grown habit habits had half halfway has have he her here his i ia ib if ii iii iiia iiib in indeed
    inside into is it its iv just class l last left less like lll lower lul midway mmrc mrc nyha may medication meds
    might mild moderate more most partway r rll rml rt rul seen shown
    much must my needs next nos now of off on once only our over per persists please pls plus primary proved
    proven regimen requires resistant right roughly rx secondary sensitive severe shall she should since stage
    stages still susceptible tablets than thanks that the their then therapy there these they this those
    throughout till to today together tomorrow tonight too treatment type under until up upper use user via was we
    dx flare meds mets progressing recurrence relapse relapses well were whatever when whenever where which
    while who whose will with within without would yesterday you
""")
"""Words that may follow a name without making it part of a longer one: ``TB on culture``."""
HEADINGS = word_set("""
    / a active admission airway b comorbid allergy anaesthesia anesthesia background cardiac cardiovascular cause causes
    circulation equipment event heart monitors volume also assessment biopsy bottom bronchoscopy bx cc chest
    comorbidities comorbidity complaint complaints conclusion conclusions condition conditions confirmed ct
    culture cultures current cytology day ddx diagnoses diagnosis diagnostic discharge dx e exam examination final
    finding findings following genexpert habits histology history hpc hx imp impression issues known letter
    lifestyle line lungs main microbiology now o objective opinion other outcome pathology pc pcr physician
    problem problems report reported resp respiratory result results risk s sh smear smoking social sputum status
    short brief sum nutshell clinical clinically mdm mdt wr ward team teams consultant overall upshot gist agreed
    consensus indic dr today's radiologist pathologist thus hence therefore round readout proven
    path determination determinations disposition formulation histo bx fnac fna ebus cyto cytopathology histopathology
    established documented coded labelled definite firm plainly simply words language
    brain mind neuro neurology neurological mental cns psych mentation cognition
    subjective summary susceptible sx symptom symptoms tobacco today verdict visit week xpert years
""")
"""Words of headings that ask for what the subject has: ``Dx: TB``."""
ASKING = word_set("""
    concern concerns exposure fear fears goal goals indication leaflet leaflets purpose query question rationale re
    reason ref request subject target thesis title topic vaccine vaccines worries worry
""")
"""Words of headings behind which a name is never an answer: ``Reason for X-ray: TB``."""
VISITS = word_set("visit consult attendance admission consultation presentation attending coming icu itu hdu")
"""What a complaint is the reason for: ``Reason for visit: breathlessness``."""
GENERAL = word_set("""
    allowed always bad banned common contagious curable dangerous discouraged endemic everywhere feared first
    forbidden frequent frequently frightening generally harmful how infectious initially notifiable often one
    permitted prevalent preventable prohibited rare rarely rife serious something sometimes spread such treatable
    typically uncommon usually what why
""")
"""What is said of a thing in general: ``TB is common there``."""
OTHERS_DO = word_set("became came causes comes gets got lives means needed needs runs takes took used uses went")
"""Verbs whose subject, a name, isn't thereby the patient's: ``lung cancer took his father``."""
QUANTIFIERS = word_set("another countless every few half many most several some three two")
"""Determiners of other people: ``several workmates have …``."""
MEDIA = word_set("""
    advert adverts article articles documentary guideline guidelines leaflet leaflets lecture lectures magazine
    newspaper novel podcast poster posters textbook video videos website websites
""")
"""What tells of things in general: ``the poster shows …``."""
OWN = word_set("""
    impression opinion view biopsy breath breathing chest chief client client's complaint complaints concern condition
    cough culture diagnosis
    diagnostic conclusion verdict finding findings
    disease fever history illness issue lung lungs main only patient picture presentation problem problems result
    results sample sputum symptom symptoms trouble troubles wheeze
""")
"""What one has oneself: ``his main complaint is breathlessness``."""
PREDICATES = word_set("""
    active acute advanced answer apparent at back bacteriologically behind being beyond bilateral biopsy caught causing
    cause cavitary cavitating certain chronic clear clinically complicated confirmed confirming contributing culprit
    culture currently cytologically definite definitely demonstrated detected diagnosed diagnosis discovered
    documented driving
    drug established evident evidently eventual explanation extensive final finding found growing here histologically
    histology
    identified in incidental incurable indeed indisputable infectious inoperable invading involving isolated known
    limiting making markedly metastatic mild microbiologically moderate moderately multi name newly no non now obvious
    ongoing open operable overt pathologically peripheral persistent picked plain positive present primary problem
    producing progressing progressive prominent proved proven reactivated reason recorded recurrent resistant
    responding responsible seen sensitive severe shown small smear spreading sputum squamous stage staged superimposed
    symptomatic the there to treated true under underlying undeniable unequivocal unmistakable untreated verdict
    verified visible well what widespread worse worsening yes
""")
"""What is said of a name that one has: ``TB is present``, ``bronchitis is the cause``."""
NUMBER_LINKS = word_set("""
    / : = ( ) [ ] { } , is was were are be been being of at a an the his her its their our my in on with only just
    exactly measured measuring measures read reads reading recorded records found level levels value values result
    results came back out stood stands sits sitting running ran showed shows gave put puts assigned assigns returned
    returns reported reports arterial venous serum plasma blood high low elevated raised increased reduced decreased
    markedly mildly slightly moderately severely very quite still already even now today approximately about around
    roughly approx ~ less more than over under above below up down to from equal equals has had have it this that
    calculated estimated documented noted initial first mean average total around currently as by reached reaching
    remained remains stayed staying held holding settled hovering there here then comes coming rated scored scores
    score gives giving given marked flagged admission arrival presentation upon stable unchanged normal abnormal
    icu itu unit hospital ed us moment impressive making makes made surprisingly astonishingly pretty surprising tho
    equals totalling totaling amounting amounts worth for mere flat modest paltry whopping meagre meager hefty round
    deceptively misleadingly innocent innocuous harmless unremarkable perfectly entirely respectable worrying alarming
    frightening relatively rather fairly boringly lovely seemingly apparently almost healthy decent
    solid comfortable lowly tiny bare measly reassuring landed landing sank climbed jumped
""")
"""Words that may stand between a name and its number without taking the number for themselves."""
