"""The extractive engine: questions by rule, answered by slices of the chunk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qagen.extractive import extract
from qagen.records import Pair

ASKED = [
    (
        "The coating failed at high humidity because water opened the grain boundaries.",
        "Why did the coating fail at high humidity?",
    ),
    (
        "Because water opens the grain boundaries of the film, the coating fails at high humidity.",
        "Why does the coating fail at high humidity?",
    ),
    (
        "Copper electrodes are less stable in acid, since their oxide dissolves quickly.",
        "Why are copper electrodes less stable in acid?",
    ),
    (
        "The loss of signal in deep wells is probably due to the slow exchange of gas with the surface.",
        "What is the reason for the loss of signal in deep wells?",
    ),
    ("Frequent trawling causes the collapse of reef communities within a few years.", "What causes the collapse of reef communities?"),
    ("The growth of dendrites was suppressed by thin layers of aluminium oxide on the foil.", "What suppressed the growth of dendrites?"),
    (
        "When the membrane is heated above the melting point, its pores close and the current stops.",
        "What happens when the membrane is heated above the melting point?",
    ),
    (
        "Measurement errors grew when the signal-to-noise ratio fell below 3 dB.",
        "What happened to measurement errors when the signal-to-noise ratio fell below 3 dB?",
    ),
    (
        "The yield of spring wheat is 14 % higher than the yield of winter barley.",
        "How does the yield of spring wheat compare with the yield of winter barley?",
    ),
    (
        "The background noise at 250 m was 14 dB lower than at the surface between 5 and 50 Hz.",
        "How did the background noise at 250 m compare with that at the surface?",
    ),
    (
        "Porous electrodes have a higher capacity than dense films of the same alloy.",
        None,
    ),
    (
        "Porous electrodes have a higher capacity than dense films of nickel alloys.",
        "How do porous electrodes compare with dense films of nickel alloys in terms of capacity?",
    ),
    (
        "The density of neurons was reduced in treated mice compared to untreated mice of the colony.",
        "How did the density of neurons in treated mice compare with that in untreated mice of the colony?",
    ),
    (
        "Drained peat contained 4.8 mg of labile carbon, whereas wet peat contained only 1.5 mg.",
        "How did drained peat differ from wet peat?",
    ),
    ("Silver nanoparticles raised the vacancy diffusivity of lithium by a factor of six.", "How did silver nanoparticles affect the vacancy diffusivity of lithium?"),
    ("Deep cooling can reduce the dark current of infrared detectors by 30 %.", "How can deep cooling affect the dark current of infrared detectors?"),
    (
        "The enzyme controls the sugar level of the blood by catalyzing the first step of glycolysis.",
        "How does the enzyme control the sugar level of the blood?",
    ),
    ("The resistivity of the films increases with decreasing oxygen pressure in the chamber.", "How does the resistivity of the films change with decreasing oxygen pressure in the chamber?"),
    ("The sulfate content of pore water fell from 310 to 20 µmol per litre within months.", "How did the sulfate content of pore water change?"),
    ("The growth rate of the crystals differs between acidic and basic solutions by half.", "How does the growth rate of the crystals differ between acidic and basic solutions by half?"),
    ("Prolonged stalling of replication forks leads to double-stranded breaks in the genome.", "What does prolonged stalling of replication forks lead to?"),
    ("A denser sensor network would allow the location of events below magnitude one.", "What would a denser sensor network allow?"),
    ("The terminal domain of the protein plays an important role in the repair of breaks.", "What role does the terminal domain of the protein play in the repair of breaks?"),
    ("Careful drying of the powder is essential for dense ceramics without any cracks.", "What is essential for dense ceramics without any cracks?"),
    ("The trained network found 79 % of the manual picks in the test set of the survey.", "What percentage of the manual picks did the trained network find?"),
    ("The drained peat layer contained 4.8 mg of extractable carbon in each gram of soil.", "How much extractable carbon did the drained peat layer contain?"),
    ("The pressed ceramic pellets had a conductivity of 2.4 mS per centimetre at 25 °C.", "What conductivity did the pressed ceramic pellets have?"),
    ("The median error of automatic picks was 0.11 s after training on clean records.", "What was the median error of automatic picks?"),
    ("Removing the degraded upper layer costs about 40 000 euro per hectare of land.", "How much does removing the degraded upper layer cost?"),
    ("Layers of pure carbon reached 0.9 mA per square centimetre at the same pressure.", "What value did layers of pure carbon reach?"),
    ("The green mass of meadow grass weighs about 3 kg per square metre in early June.", "How much does the green mass of meadow grass weigh?"),
    ("At 50 m the removal of echoes failed, because the delay of echoes is too short.", "At 50 m, why did the removal of echoes fail?"),
    ("Proton pumps may play a minor role in the uptake of metals by the roots of trees.", "What role may proton pumps play in the uptake of metals by the roots of trees?"),
    ("The sensitivity of the frame to wind is as high as the sensitivity of the mast.", "How does the sensitivity of the frame to wind compare with the sensitivity of the mast?"),
    ("Water levels in the northern wells ranged from 2 to 14 m during the dry season.", "Over what range did water levels in the northern wells range?"),
    ("Porous graphite gave the highest charging rate of 4 A per gram of electrode mass.", "What gave the highest charging rate?"),
    (
        "Voids shrink the contact area, which increases the local current density at the edges.",
        "What is the consequence of the fact that voids shrink the contact area?",
    ),
    ("The rate of crystal growth is proportional to the supersaturation of the solution.", "What is the rate of crystal growth proportional to?"),
    ("The low activation energy of the film suggests that protons move along the surfaces.", "What does the low activation energy of the film suggest?"),
    (
        "The growth of mutants follows the activity of the enzyme, suggesting that the assay is specific.",
        "What does the fact that the growth of mutants follows the activity of the enzyme suggest?",
    ),
    ("Methane emission of the plots was high only when the water table was above the soil.", "Under what condition was methane emission of the plots high?"),
    ("Extra sodium chloride was supplied to improve the stability of the dissolved enzyme.", "For what purpose was extra sodium chloride supplied?"),
    ("Slow neutron diffraction is used to locate hydrogen atoms in large crystals.", "What is slow neutron diffraction used for?"),
    ("The lattice constants of the films were determined from diffraction peaks at 20 K.", "How were the lattice constants of the films determined?"),
    ("The cleavage of long strands can be prevented by the methylation of one base.", "How can the cleavage of long strands be prevented?"),
    ("The ceramic green bodies were sintered at 1200 °C in air for twelve hours.", "At what temperature were the ceramic green bodies sintered?"),
    ("Repair polymerases are recruited to damage sites through interactions of their tails.", "How are repair polymerases recruited to damage sites?"),
    ("Labelled yeast cells were incubated in a medium without glucose for two hours.", "How were labelled yeast cells incubated?"),
    ("The disordered loop folds into a hairpin once glucose enters the binding site.", "What does the disordered loop fold into?"),
    ("At 250 m, the noise of the pumps is lower than the noise of the crushers on most days.", "At 250 m, how does the noise of the pumps compare with the noise of the crushers on most days?"),
    ("For shallow events the rate of false picks rose from 2 to 9 per hour of recording.", "For shallow events, how did the rate of false picks change?"),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "question"), ASKED)
def test_a_statement_is_asked_about_by_its_kind_and_answered_by_itself(sentence, question):
    expected = () if question is None else (Pair(question, sentence),)
    assert extract(sentence, 10) == expected


NOT_ASKED = [
    "This increases the conductivity of the pellets by a factor of two.",
    "It was reduced because water opened the grain boundaries of the film.",
    "The same treatment increases the conductivity of the pellets by half.",
    "We increased the conductivity of the pellets because water was present.",
    "The conductivity of the pellets increases with pressure (Fig. 3) as expected.",
    "The conductivity of the pellets increases with pressure as Table 2 shows.",
    "The results of this study suggest that protons move along the surfaces.",
    "the coating failed at high humidity because water opened the grain boundaries.",
    "The coating failed at high humidity because water opened the grain boundaries",
    "The coating failed at high humi- dity because water opened the grain boundaries.",
    "The coating (failed at high humidity because water opened the grain boundaries.",
    "The coating failed because $x$ opened the grain boundaries of all the films.",
    "A coating is a thin layer of matter on the surface of a larger body.",
    "Coatings fail.",
    "| The coating failed at high humidity because water opened the grain boundaries. |",
    "# The coating failed at high humidity because water opened the grain boundaries.",
    "Smith et al. increased the conductivity of the pellets because water was present.",
    "How does the coating fail at high humidity when water opens the grain boundaries?",
    "The best rate is the value that limits growth because the water in the cell is cold.",
    "The variable brightness of the old spots may be due to variable lengths of the strands.",
    "When heated above the limit, the membrane of the cell closes all of its pores at once.",
    "Errors of all pickers grew when they came close to the crushers of the old quarry.",
    "Errors of all pickers grew when the crushers, and then the mills, began their work at noon.",
    "Errors of all pickers grew when the crushers were where the mills had been at noon.",
    "The old ditches were dug in three campaigns, so that the parcels drained at other times.",
    "The analysis of the old records shows the following pattern of events in the basin.",
    "The old results show that the pattern of events in the basin repeats every ten years.",
    "The yield of spring wheat is 14 % higher than previously reported for the region.",
    "The yield of spring wheat is no higher than the yield of barley in the region.",
    "Spring wheat yields more in the region than in the mountains of the neighbouring land.",
    "Dense films are better in the cold, whereas it is the porous films in the heat.",
    "Dense films normally fail in the cold, whereas porous films normally fail in the heat.",
    "Dense films fail within weeks of hard frost, whereas dense films last in the heat of summer.",
    "In addition, the dense films of the old cells are better in the cold of winter.",
    "The coating the crew applied to each of the cells was not there in the morning, though.",
    "Silver particles of two kinds raised only about half of what had been hoped for.",
    "The water of the wells is no cause of the cold in the houses of the old town.",
    "x " * 300,
    "",
]


@pytest.mark.parametrize("text", NOT_ASKED)
def test_what_cannot_be_understood_by_itself_is_left_out(text):
    assert extract(text, 10) == ()


def test_a_sentence_that_goes_on_with_the_one_before_joins_its_answer():
    first = "Silver nanoparticles raised the vacancy diffusivity of lithium by a factor of six."
    second = "In contrast, copper particles of equal size had no effect on the lithium at all."
    assert extract(f"{first} {second}", 10) == (
        Pair("How did silver nanoparticles affect the vacancy diffusivity of lithium?", f"{first} {second}"),
    )
    assert [pair.answer for pair in extract(f"{first}\n\n{second}", 10)] == [first]


def test_citations_markup_and_asides_stay_in_the_answer_and_out_of_the_question():
    sentence = (
        "Silver particles (of *two* kinds) raised the *vacancy* diffusivity of Li<sub>2</sub>S<sup>3,4</sup> [12, 13], "
        "by contrast, in 6 cm<sup>2</sup> of foil (Smith and Miller, 2020)."
    )
    assert extract(sentence, 10) == (
        Pair("How did silver particles affect the vacancy diffusivity of Li₂S?", sentence),
    )


def test_names_keep_their_capital_and_other_first_words_lose_it():
    text = (
        "Bayesian models raised the accuracy of forecasts for coastal storms. "
        "Germany raised the fuel tax of private drivers, as Germany had said."
    )
    assert [pair.question for pair in extract(text, 10)] == [
        "How did Bayesian models affect the accuracy of forecasts?",
        "How did Germany affect the fuel tax of private drivers?",
    ]


def test_fewer_pairs_are_the_better_ones_in_the_order_of_the_text():
    how = "The lattice constants of the films were determined from diffraction peaks at 20 K."
    why = "The coating failed at high humidity because water opened the grain boundaries."
    effect = "Silver nanoparticles raised the vacancy diffusivity of lithium by a factor of six."
    text = f"{how} {effect} {why}"
    assert [pair.answer for pair in extract(text, 10)] == [how, effect, why]
    assert [(pair.place, pair.answer) for pair in extract(text, 2)] == [(0, effect), (1, why)]
    assert extract(text, 0) == ()


def test_a_sentence_that_leans_on_others_is_taken_only_where_there_is_no_better_one():
    however = "However, the coating failed at high humidity because water opened the boundaries."
    found = (
        "Thus, we clearly found that the coating failed at high humidity because water opened the boundaries."
    )
    better = "Silver nanoparticles raised the vacancy diffusivity of lithium by a factor of six."
    question = "Why did the coating fail at high humidity?"
    assert extract(however, 10) == (Pair(question, however),)
    assert extract(f"{found} {however}", 10) == (Pair(question, f"{found} {however}"),)
    assert [pair.answer for pair in extract(f"{found}\n\n{better}", 10)] == [better]


def test_no_question_comes_twice():
    first = "Silver particles raised the vacancy diffusivity of lithium by a factor of six."
    second = "Silver particles raised the vacancy diffusivity of lithium at every temperature."
    assert [pair.answer for pair in extract(f"{first} {second}", 10)] == [first]


WORDS = st.sampled_from(
    [
        "The", "the", "a", "coating", "voids", "silver", "particles", "of", "lithium", "raised", "reduces", "fails", "failed",
        "is", "are", "was", "were", "can", "because", "when", "since", "whereas", "than", "higher", "due", "to", "by", "with",
        "measured", "used", ",", ".", ";", "(", ")", "[12]", "3.5", "%", "However,", "This", "it", "and", "which", "leads",
        "suggests", "Fig.", "$x$", "\n", "\n\n", "|", "-", "<sup>2</sup>", "<sub>",
    ]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(WORDS, max_size=80).map(" ".join)), st.integers(0, 5))
def test_whatever_the_text_answers_are_its_slices_and_questions_are_distinct(text, wanted):
    pairs = extract(text, wanted)
    assert len(pairs) <= wanted
    assert [pair.place for pair in pairs] == list(range(len(pairs)))
    assert all(pair.answer in text and pair.question.endswith("?") for pair in pairs)
    assert len({pair.question.casefold() for pair in pairs}) == len(pairs)
    assert extract(text, wanted) == pairs
