"""How texts are read before they are compared: numbers, units, what a question asks for, notation, signs, names."""

from dataclasses import fields

import pytest

from qagen.checks import IndexedSource, JoinedSource
from qagen.checks.reading.causes import Causation, causations, reasons
from qagen.checks.reading.joined import Claim
from qagen.checks.reading.names import (
    acronyms,
    expansions,
    is_composition,
    is_name,
    leading_words,
    spelled_out,
)
from qagen.checks.reading.quantities import quantities
from qagen.checks.reading.questions import asked_for
from qagen.checks.reading.signs import UNKNOWN, marked
from qagen.checks.reading.text import Sentence, Text, number_form, plain, stem
from qagen.checks.reading.units import PH, Unit, unit_at

NUMBERS = (
    ('a yield of about 6,000 kg and roughly 12 or 13.50 mol', [
        ('6,000 kg', 6000.0, 'kg', 1.0, {}, 'is_rough'),
        ('12', 12.0, 'mol', 1.0, {}, 'is_rough'),
        ('13.50 mol', 13.5, 'mol', 0.01, {}, ''),
    ]),
    ('heated to 1.5 × 10^-3 mol L-1 for 2e3 s', [
        ('1.5 × 10^-3 mol L-1', 0.0015, 'mol/L', 0.0001, {}, ''),
        ('2e3 s', 2000.0, 's', 1000.0, {}, ''),
    ]),
    ('10^5 cells and 10^-5 M', [
        ('10^5', 100000.0, None, 0, {'counted': 'cel'}, ''),
        ('10^-5 M', 1e-05, 'mol/L', 0, {}, ''),
    ]),
    ('a 5k run, 5 kg, and 20k tokens', [
        ('5k', 5000.0, None, 1000.0, {'counted': 'run'}, ''),
        ('5 kg', 5.0, 'kg', 1.0, {'after': 'run'}, ''),
        ('20k', 20000.0, None, 1000.0, {'counted': 'token'}, ''),
    ]),
    ('a plate of 2 × 3 × 4 mm3, one of 5 mm2', [
        ('2', 2.0, None, 1.0, {}, ''),
        ('3', 3.0, None, 1.0, {}, ''),
        ('4 mm3', 4.0, None, 1.0, {}, ''),
        ('one', 1.0, None, 1.0, {}, 'is_word'),
        ('5 mm2', 5.0, 'mm2', 1.0, {}, ''),
    ]),
    ('a plate of 2 × 3 × 4 mm3 and 5 mm2, or 6 and 7 mm2', [
        ('2', 2.0, None, 1.0, {}, ''),
        ('3', 3.0, None, 1.0, {}, ''),
        ('4 mm3', 4.0, None, 1.0, {}, ''),
        ('5 mm2', 5.0, 'mm2', 1.0, {}, ''),
        ('6', 6.0, 'mm2', 1.0, {}, ''),
        ('7 mm2', 7.0, 'mm2', 1.0, {}, ''),
    ]),
    ('6, 1.5 × 10^-3 or 7 m', [
        ('6', 6.0, 'm', 1.0, {}, ''),
        ('1.5 × 10^-3', 0.0015, 'm', 0.0001, {}, ''),
        ('7 m', 7.0, 'm', 1.0, {}, ''),
    ]),
    ('in the 1980s and 1984, 1890s', [
        ('1980s', 1980.0, None, 10.0, {}, 'is_decade'),
        ('1984', 1984.0, None, 1.0, {}, ''),
        ('1890s', 1890.0, None, 10.0, {}, 'is_decade'),
    ]),
    ('pH of 7.4, pH = 3 and pHs 5', [
        ('7.4', 7.4, 'pH', 0.1, {}, ''),
        ('3', 3.0, 'pH', 1.0, {'after': 'ph'}, ''),
        ('5', 5.0, 'pH', 1.0, {'after': 'phs'}, ''),
    ]),
    ('CO2 at 4 bar, PM2.5, HT-2, x3', [
        ('2', 2.0, None, 1.0, {}, 'in_name'),
        ('4 bar', 4.0, 'bar', 1.0, {}, ''),
        ('2.5', 2.5, None, 0.1, {}, 'in_name'),
        ('2', 2.0, None, 1.0, {}, 'in_name'),
        ('3', 3.0, None, 1.0, {}, 'in_name'),
    ]),
    ('4-chloroaniline, 3-fold, 12-well plates and 3 samples of it', [
        ('4', 4.0, None, 1.0, {'counted': 'chloroanilin'}, 'joined'),
        ('3-fold', 3.0, 'fold', 1.0, {'after': 'chloroanilin'}, ''),
        ('12', 12.0, None, 1.0, {'counted': 'wel'}, 'joined'),
        ('3', 3.0, None, 1.0, {'counted': 'sampl'}, ''),
    ]),
    ('Figs. 2, 3 and 4a; Table 1; ref. 12; Step 3; No. 7; equation (5)', [
        ('2', 2.0, None, 1.0, {}, 'is_pointer'),
        ('3', 3.0, None, 1.0, {}, 'is_pointer'),
        ('4', 4.0, None, 1.0, {}, 'in_name is_pointer'),
        ('1', 1.0, None, 1.0, {}, 'is_pointer'),
        ('12', 12.0, None, 1.0, {}, 'is_pointer'),
        ('3', 3.0, None, 1.0, {}, 'is_pointer'),
        ('7', 7.0, None, 1.0, {}, 'is_pointer'),
        ('5', 5.0, None, 1.0, {}, 'is_item is_pointer'),
    ]),
    ('1) cool it, 2) heat it. (3) Dry it: 4. Weigh it', [
        ('1', 1.0, None, 1.0, {}, 'is_item'),
        ('2', 2.0, None, 1.0, {}, 'is_item'),
        ('3', 3.0, None, 1.0, {}, 'is_item'),
        ('4', 4.0, None, 1.0, {}, 'is_item'),
    ]),
    ('twenty-three rats, two hundred mice, three thousand five, one in twenty, Twelve mg', [
        ('twenty-three', 23.0, None, 1.0, {'counted': 'rat'}, 'is_word'),
        ('two hundred', 200.0, None, 100.0, {'counted': 'mic'}, 'is_word'),
        ('three thousand', 3000.0, None, 1000.0, {'counted': 'five'}, 'is_word'),
        ('five', 5.0, None, 1.0, {}, 'is_word'),
        ('one in twenty', 5.0, '%', 1.0, {}, 'is_word'),
        ('Twelve mg', 12.0, 'mg', 1.0, {}, 'is_word'),
    ]),
    ('five million cells and six percent of one in three', [
        ('five million', 5000000.0, None, 1000000.0, {'counted': 'cel'}, 'is_word'),
        ('six percent', 6.0, '%', 1.0, {}, 'is_word'),
        ('one in three', 33.333333333333336, '%', 1.0, {}, 'is_word'),
    ]),
    ('between 30 and 60 °C, 5-10 mg, 3/4 mm, 5 ± 0.2 nm, 1 or 2 h', [
        ('30', 30.0, '°C', 1.0, {}, ''),
        ('60 °C', 60.0, '°C', 1.0, {}, ''),
        ('5', 5.0, 'mg', 1.0, {}, ''),
        ('10 mg', 10.0, 'mg', 1.0, {}, ''),
        ('3', 3.0, 'mm', 1.0, {}, ''),
        ('4 mm', 4.0, 'mm', 1.0, {}, ''),
        ('5', 5.0, 'nm', 1.0, {}, ''),
        ('0.2 nm', 0.2, 'nm', 0.1, {}, ''),
        ('1', 1.0, 'h', 1.0, {}, ''),
        ('2 h', 2.0, 'h', 1.0, {}, ''),
    ]),
    ('1 234 567 m and 1,234.5 K and 12,34', [
        ('1 234 567 m', 1234567.0, 'm', 1.0, {}, ''),
        ('1,234.5 K', 1234.5, 'K', 0.1, {}, ''),
        ('12', 12.0, None, 1.0, {}, ''),
        ('34', 34.0, None, 1.0, {}, ''),
    ]),
    ('about 100, over 250 V, ca. 1200 cells, ~ 40, ≈3.0 eV, some 500', [
        ('100', 100.0, None, 1.0, {}, 'is_rough'),
        ('250 V', 250.0, 'V', 1.0, {}, 'is_rough'),
        ('1200', 1200.0, None, 1.0, {'counted': 'cel'}, 'is_rough'),
        ('40', 40.0, None, 1.0, {}, 'is_rough'),
        ('3.0 eV', 3.0, 'eV', 0.1, {}, 'is_rough'),
        ('500', 500.0, None, 1.0, {}, 'is_rough'),
    ]),
    ('0.5 and .5 and 5. and 1.2.3', [
        ('0.5', 0.5, None, 0.1, {}, ''),
        ('.5', 0.5, None, 0.1, {}, ''),
        ('5', 5.0, None, 1.0, {}, ''),
        ('1.2', 1.2, None, 0.1, {}, ''),
        ('3', 3.0, None, 1.0, {}, ''),
    ]),
    ('dose 5 mg, of 6 mg, the (7 mg), mass: 8 mg, mass = 9 mg', [
        ('5 mg', 5.0, 'mg', 1.0, {'after': 'dos'}, ''),
        ('6 mg', 6.0, 'mg', 1.0, {}, ''),
        ('7 mg', 7.0, 'mg', 1.0, {}, ''),
        ('8 mg', 8.0, 'mg', 1.0, {'after': 'mas'}, ''),
        ('9 mg', 9.0, 'mg', 1.0, {'after': 'mas'}, ''),
    ]),
    ('3 V s, 5 methods, 5 mg/kg, 5 mg per kg per day', [
        ('3 V', 3.0, 'V', 1.0, {}, ''),
        ('5', 5.0, None, 1.0, {'counted': 'method'}, ''),
        ('5 mg/kg', 5.0, 'mg/kg', 1.0, {'after': 'method'}, ''),
        ('5 mg per kg per day', 5.0, 'mg/kg/day', 1.0, {'after': 'kg'}, ''),
    ]),
    ('1e-3 V, 5E2 Pa, 4e5x', [
        ('1e-3 V', 0.001, 'V', 0.001, {}, ''),
        ('5E2 Pa', 500.0, 'Pa', 100.0, {}, ''),
        ('4', 4.0, None, 1.0, {}, 'in_name'),
        ('5', 5.0, None, 1.0, {}, 'in_name'),
    ]),
    ('temperature 20 °C 10 min 300 K', [
        ('20 °C', 20.0, '°C', 1.0, {'after': 'temperatur'}, ''),
        ('10 min', 10.0, 'min', 1.0, {}, ''),
        ('300 K', 300.0, 'K', 1.0, {'after': 'min'}, ''),
    ]),
)  # fmt: skip
"""Each number as written, with its value, unit, last digit's worth, the stems beside it, and what it is marked as."""


@pytest.mark.parametrize(("text", "numbers"), NUMBERS)
def test_numbers_are_read_with_all_that_belongs_to_them(text, numbers):
    beside, marks = (
        ("counted", "after"),
        ("joined", "in_name", "is_word", "is_item", "is_pointer", "is_rough", "is_decade"),
    )
    assert [
        (
            one.text,
            one.value,
            one.unit,
            one.step,
            {name: getattr(one, name) for name in beside if getattr(one, name)},
            " ".join(name for name in marks if getattr(one, name)),
        )
        for one in quantities(plain(text))
    ] == [(*number[:2], unit(number[2]), *number[3:]) for number in numbers]


def unit(symbol):
    if symbol == "pH":
        return PH
    return unit_at(symbol, 0)[0] if symbol else None


ASKED = (
    ('What is the melting point of the alloy?', {'stems': 'allo melt point', 'focus': ('melt', 'point'), 'head': 'point', 'of': 'allo'}),
    ('Which solvent was used for the extraction of the dyes?', {'stems': 'dyes extract solv', 'focus': ('solv',), 'head': 'solv', 'is_which': True}),
    ('How many patients with two tumours were enrolled in 2019?', {'stems': '2 enrol paty tumour', 'focus': ('paty',), 'head': 'paty', 'is_amount': True, 'numbers': ('two', '2019'), 'counts': True}),
    ('How much water did the crops need per day?', {'stems': 'crop day need wat', 'is_amount': True}),
    ('How often was the medium changed?', {'stems': 'chang medium', 'is_amount': True, 'how_often': True, 'needed': ['chang']}),
    ('How thick was the coating of sample B after 3 h at 60 °C?', {'stems': 'aft coat sampl thick', 'focus': ('thick',), 'head': 'thick', 'is_amount': True, 'dimensions': ((('length', 1),),), 'names': ['b'], 'numbers': ('3 h', '60 °C'), 'units': ['thick']}),
    ('How long did the annealing take?', {'stems': 'anne tak', 'is_amount': True, 'dimensions': ((('time', 1),), (('month', 1),), (('length', 1),))}),
    ('Why does the capacity of Li2S cells fall at 40 °C?', {'stems': 'capac cel fal ly', 'names': ['li2'], 'numbers': ('40 °C',), 'why': True, 'is_which': True}),
    ('What caused the failure of K-17?', {'stems': 'cau failur', 'names': ['k-17'], 'why': True, 'is_which': True}),
    ('How were the proteins dried?', {'stems': 'dry protein', 'is_which': True, 'needed': ['dry']}),
    ('How was the yield measured?', {'stems': 'measur yield', 'is_which': True}),
    ('In the eighth year, what was the cost of mowing?', {'stems': 'cost eighth mow year', 'focus': ('cost',), 'head': 'cost', 'is_amount': True, 'of': 'mow', 'needed': ['eighth']}),
    ('What are the wavelengths of the two lasers?', {'stems': '2 las wavelength', 'focus': ('wavelength',), 'head': 'wavelength', 'is_amount': True, 'dimensions': ((('length', 1),),), 'numbers': ('two',), 'units': ['wavelength'], 'of': 'las'}),
    ('What were the doses given to the rats?', {'stems': 'dos rat', 'focus': ('dos',), 'head': 'dos', 'is_amount': True, 'dimensions': ((('amount', 1), ('length', -3)), (('length', -3), ('mass', 1)), (('ratio', 1),), (('amount', 1),), (('mass', 1),)), 'units': ['dos']}),
    ('Which company supplied the enzymes that were used?', {'stems': 'compan enzym supply', 'focus': ('compan',), 'head': 'compan', 'is_which': True}),
    ('What is the main advantage of the method?', {'stems': 'advantag main method', 'of': 'method'}),
    ('At what temperature were the films annealed?', {'stems': 'anne film temperatur', 'focus': ('temperatur',), 'head': 'temperatur', 'is_amount': True, 'dimensions': ((('temperature', 1),),), 'is_which': True, 'units': ['temperatur']}),
    ('What percentage of the 120 μM samples failed?', {'stems': 'fail percentag sampl μm', 'focus': ('percentag',), 'head': 'percentag', 'is_amount': True, 'dimensions': ((('ratio', 1),),), 'numbers': ('120 μM',), 'is_which': True, 'units': ['percentag']}),
    ('How quickly does the foam collapse?', {'stems': 'collap foam', 'is_amount': True}),
    ('How hot was the oven?', {'stems': 'oven', 'is_amount': True, 'dimensions': ((('temperature', 1),),)}),
    ('What species of bees visited the flowers most often?', {'stems': 'bees flow spec visit', 'focus': ('spec',), 'head': 'spec', 'is_which': True}),
    ('What does PM2.5 cause in children?', {'stems': 'cau children pm', 'focus': ('pm',), 'head': 'pm', 'names': ['pm2'], 'is_which': True}),
    ('By how much did the rate of photosynthesis rise?', {'stems': 'photosynthesy rat ris', 'focus': ('rat',), 'head': 'rat', 'is_amount': True, 'units': ['rat']}),
    ('How many times were the 5 mg tablets pressed?', {'stems': 'pres tablet tim', 'focus': ('tim',), 'head': 'tim', 'is_amount': True, 'numbers': ('5 mg',), 'units': ['tim'], 'counts': True}),
    ('What is the activity of catalases in mice when fed on a 3-fold dose?', {'stems': 'activ catala dos fed mic', 'focus': ('activ',), 'head': 'activ', 'numbers': ('3-fold',), 'of': 'catala'}),
    ('For what purpose were the boundaries redrawn?', {'stems': 'boundar purpo redrawn', 'why': True, 'is_which': True}),
    ('What was the pH of the buffer?', {'stems': 'buf ph', 'focus': ('ph',), 'head': 'ph', 'is_amount': True, 'names': ['ph'], 'of': 'buf'}),
    ('How old were the trees?', {'stems': 'tre', 'is_amount': True, 'dimensions': ((('time', 1),), (('month', 1),))}),
    ('What has been the average speed, and what was its cause?', {'stems': 'averag cau spe', 'focus': ('averag',), 'head': 'averag', 'is_amount': True}),
    ('Does graphene conduct?', {'stems': 'conduct graphen', 'is_which': True}),
)  # fmt: skip


@pytest.mark.parametrize(("question", "asked"), ASKED)
def test_what_a_question_asks_for_is_taken_apart(question, asked):
    found = asked_for(Text(question))
    told = {"stems": " ".join(sorted(found.stems))}
    for part in fields(found):
        value = getattr(found, part.name)
        if part.name == "numbers":
            value = tuple(number.text for number in value)
        if part.name != "weights" and value != part.default:
            told[part.name] = sorted(value) if isinstance(value, frozenset) else value
    assert told == asked


def test_a_question_weighs_rare_words_more_than_common_ones():
    weights = asked_for(Text("What is the effect of the perovskite?")).weights
    assert weights.keys() == {"effect", "perovskit"}
    assert weights["perovskit"] > weights["effect"] > 0


UNITS = (
    ('5 mg', ({'mass': 1}, 0.001, 0.0), ''),
    ('5 mg/kg', ({}, 1e-06, 0.0), ''),
    ('5 J/K·mol x', ({'amount': -1, 'length': 2, 'mass': 1, 'temperature': -1, 'time': -2}, 1000.0, 0.0), ' x'),
    ('5 mol L-1 s-1 at', ({'amount': 1, 'length': -3, 'time': -1}, 1000.0, 0.0), ' at'),
    ('5 W m-2 and', ({'mass': 1, 'time': -3}, 1000.0, 0.0), ' and'),
    ('5 kilograms of', ({'mass': 1}, 1000.0, 0.0), ' of'),
    ('5 μm2', ({'length': 2}, 1e-12, 0.0), ''),
    ('5 nm^2', ({'length': 2}, 1e-18, 0.0), ''),
    ('5 degrees Celsius', ({'temperature': 1}, 1.0, 273.15), ''),
    ('5 degree', ({'angle': 1}, 1.0, 0.0), ''),
    ('5 °F', ({'temperature': 1}, 0.5555555555555556, 255.3722222222222), ''),
    ('5 wt.% Ni', ({'ratio': 1}, 0.01, 0.0), ' Ni'),
    ('5 mA h g-1', ({'current': 1, 'mass': -1, 'time': 1}, 3.6, 0.0), ''),
    ('5 micrometres thick', ({'length': 1}, 1e-06, 0.0), ' thick'),
    ('5 feet', ({'length': 1}, 0.3048, 0.0), ''),
    ('5 lbs', ({'mass': 1}, 453.59237, 0.0), ''),
    ('5 mTorr', None, ' mTorr'),
    ('5 per day', None, ' per day'),
    ('5 mm/s/s', ({'length': 1, 'time': -2}, 0.001, 0.0), ''),
    ('5 meters per second per year', ({'length': 1, 'month': -1, 'time': -1}, 0.08333333333333333, 0.0), ''),
    ('5 L.mol-1', ({'amount': -1, 'length': 3}, 0.001, 0.0), ''),
    ('5 mgx', None, ' mgx'),
    ('5 mg_1', None, ' mg_1'),
    ('5 m 3', ({'length': 1}, 1.0, 0.0), ' 3'),
    ('5 methods', None, ' methods'),
    ('5 kWh', ({'length': 2, 'mass': 1, 'time': -2}, 3600000000.0, 0.0), ''),
    ('5 GB', ({'byte': 1}, 1000000000.0, 0.0), ''),
    ('5 days-1', ({'time': -1}, 1.1574074074074073e-05, 0.0), ''),
    ('5 g per mouse', ({'mass': 1}, 1.0, 0.0), ' per mouse'),
    ('5 g/mouse', ({'mass': 1}, 1.0, 0.0), '/mouse'),
    ('5hours', ({'time': 1}, 3600.0, 0.0), ''),
    ('5-fold', ({'ratio': 1}, 1.0, 0.0), ''),
)  # fmt: skip


@pytest.mark.parametrize(("text", "known", "rest"), UNITS)
def test_a_unit_is_read_to_its_end_as_a_multiple_of_base_units(text, known, rest):
    found, end = unit_at(text, 1)
    assert text[end:] == rest
    if known is None:
        assert found is None
    else:
        dimension, factor, offset = known
        assert found == Unit(tuple(sorted(dimension.items())), pytest.approx(factor), pytest.approx(offset))


PLAIN = (
    ('10⁻⁶ mol', '10-6 mol'),
    ("10<sup>−6</sup> and <span class='x'>a</span> b", '10-6 and a b'),
    ('$10^{-6}$ \\times \\alpha\\%  x', '10^-6 × α% x'),
    ('a [link](http://x.y) and ![pic](p.png)', 'a link and pic'),
    ('hy-\nphen and Li-\nIon', 'hyphen and Li- Ion'),
    ('a *b* _c_ d_e {f}', 'a b c d_e f'),
    ('p ¼ 3:5 and x ¼ y', 'p = 3.5 and x = y'),
    ('at 3:5', 'at 3:5'),
    ('“quoted” ‘it’s’ – dash — µm ∙ ∆T ✕', '"quoted" \'it\'s\' - dash - μm · ΔT ×'),
    ('soft\xadhy\u200bphen\ufeff', 'softhyphen'),
    ('\\unknown{x} \\, y \\; z', 'x y z'),
    ('a < b and c > d', 'a < b and c > d'),
    ('  many   blanks\n\nhere ', 'many blanks here'),
    ('1 < 2 <b>bold</b>', '1 < 2 bold'),
    ('\\pm 3 \\mu m \\leq \\geq \\sim \\approx \\circ', '± 3 μ m ≤ ≥ ~ ≈ °'),
)  # fmt: skip


@pytest.mark.parametrize(("text", "shown"), PLAIN)
def test_whatever_the_notation_one_is_left(text, shown):
    assert plain(text) == shown


SIGNS = (
    ('at -5 °C and 5-10 mg', [('5 °C', '-', '', ''), ('5', '', '', ''), ('10 mg', '', '', '')]),
    ('a minus 5 V and negative 3 V', [('5 V', '-', '', ''), ('3 V', '-', '', '')]),
    ('p < 0.05, r >= 0.8, x=3, T ≈ 4, y ≪ 2', [('0.05', '', '<', 'p'), ('0.8', '', '>', 'r'), ('3', '', '', 'x'), ('4', '', '', 'T'), ('2', '', '<', 'y')]),
    ('�5 mV and x�6', [('5 mV', UNKNOWN, '', ''), ('6', '', '', '')]),
    ('(T1T)-1 and 5 degrees below zero', [('5 degrees', '-', '', '')]),
    ('-0 V and CO2-5, Fig. 5, two -3', [('5', '', '', ''), ('3', '-', '', '')]),
    ('10% -3 K; [-4] and value: - 7 m', [('10%', '', '', ''), ('3 K', '-', '', ''), ('4', '-', '', ''), ('7 m', '-', '', '')]),
    ('between -5 and +7 K', [('5', '-', '', ''), ('7 K', '', '', '')]),
    ('R² = 0.9 and ΔT=-2 K', [('0.9', '', '', 'R2'), ('2 K', '-', '', 'ΔT')]),
    ('\x023 eV', [('3 eV', UNKNOWN, '', '')]),
    ('minus3 V', []),
    ('x -3, 5)-2', [('3', '-', '', '')]),
)  # fmt: skip


@pytest.mark.parametrize(("text", "signs"), SIGNS)
def test_numbers_are_read_with_their_sign_and_relation(text, signs):
    shown = plain(text)
    found = marked(shown, quantities(shown))
    assert [(one.quantity.text, one.sign, one.relation, one.symbol) for one in found] == signs


def test_forms_of_one_word_and_notations_of_one_number_meet():
    for forms in (
        "imprinted imprinting imprints",
        "activity activities",
        "organization organizations",
        "dependence dependent",
        "running runs",
        "cell's cells",
        "creatively creative",
        "1,000 1000 1000.0",
        "two 2 2.0",
    ):
        assert len({stem(word) for word in forms.split()}) == 1, forms
    assert [stem(word) for word in ["mice", "the", "2nd", "5.10", "nationally", "stopped", "class"]] == [
        "mic", "the", "2nd", "5.1", "nation", "stop", "cla",
    ]  # fmt: skip
    assert [number_form(word) for word in ["1,000", "5.0", "5.10", "two", "running", "2nd"]] == [
        "1000", "5", "5.1", "2", "running", "2nd",
    ]  # fmt: skip


def test_names_are_told_from_words_by_how_they_are_written():
    names = "DNA pH mRNA Li2S 2D AbC CO2 iPS Cu2O"
    words = "a A Cu2 Water 3 abc Rev1 X"
    assert [word for word in names.split() if not is_name(word)] == []
    assert [word for word in words.split() if is_name(word)] == []


ACRONYMS = (
    ('We used capillary electrophoresis (CE) and polymerase chain reactions (PCRs).', ['CE', 'PCR'], [('CE', 'capillary electrophoresis'), ('PCRs', 'polymerase chain reactions')], {'ce': [('capillary', 'electrophoresis')], 'pcr': [('polymerase', 'chain', 'reactions')]}),
    ('the (XRD) of X-ray diffraction (XRD) patterns', ['XRD', 'XRD'], [('XRD', 'X-ray diffraction')], {'xrd': [('x', 'ray', 'diffraction')]}),
    ('a high electron mobility transistor (HEMT), gallium (Ga), the item (iv) and (IV)', ['HEMT', 'IV'], [('HEMT', 'high electron mobility transistor')], {'hemt': [('high', 'electron', 'mobility', 'transistor')], 'iv': [('iv', 'and')]}),
    ('nothing fits it (ABC)', ['ABC'], [], {}),
    ('thermogravimetry (TGA) and spectroscopy (TG)', ['TGA', 'TG'], [('TGA', 'thermogravimetry')], {'tga': [('thermogravimetry',)], 'tg': [('tga', 'and', 'spectroscopy')]}),
    ('tumour necrosis factor alpha (TNF-α)', [], [], {}),
    ('a metal organic framework (MOF); metal-organic frameworks (MOFs)', ['MOF', 'MOF'], [('MOF', 'metal organic framework'), ('MOFs', 'metal-organic frameworks')], {'mof': [('metal', 'organic', 'framework'), ('metal', 'organic', 'frameworks')]}),
)  # fmt: skip


@pytest.mark.parametrize(("text", "names", "sure", "possible"), ACRONYMS)
def test_an_acronym_stands_for_the_words_before_it_that_its_letters_fit(text, names, sure, possible):
    assert [name for name, _ in acronyms(text)] == names
    assert list(spelled_out(text)) == sure
    assert expansions(text) == possible


def test_the_words_before_an_acronym_are_as_many_as_its_letters_allow_and_one_more():
    before = "one two three four five six seven eight nine"
    assert leading_words(before, "AB") == ("five", "six", "seven", "eight", "nine")
    assert leading_words(before, "A-B") == ("five", "six", "seven", "eight", "nine")
    assert leading_words(before, "ABCDEF") == tuple(before.split())
    assert leading_words("Two three", "ABC") == ("two", "three")


def test_the_rest_of_a_formula_with_a_decimal_is_known_by_its_elements():
    assert is_composition("31Bi2Se3", "the Cu0.31Bi2Se3 crystals", "CuxBi2Se3")
    assert not is_composition("31Bi2Te3", "the Cu0.31Bi2Te3 crystals", "CuxBi2Se3")
    assert not is_composition("Bi2Se3", "the Bi2Se3 crystals", "CuxBi2Se3")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The gel swells because heat loosens it.", [("The gel swells ", " heat loosens it.")]),
        ("Because of heat, the gel swells.", [("the gel swells.", " heat")]),
        (
            "Because heat rises, and air too, the gel swells.",
            [("", " heat rises, and air too, the gel swells.")],
        ),
        ("It holds: since heat rises, gels swell.", [("It holds: gels swell.", " heat rises")]),
        ("Gels swell in order to cool.", [("Gels swell ", " cool.")]),
        ("The gel swells.", []),
    ],
)
def test_a_reason_is_parted_from_what_it_is_given_for(text, told):
    assert list(reasons(Sentence(text, 0, len(text)))) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Since heat rises, gels swell.", [("heat ris", "gel swel")]),
        ("Given that acids attack steel, cracks grow.", [("acid attack steel", "crack grow")]),
        ("Heat loosens the network, so gels swell.", [("heat loosen network", "gel swel")]),
        ("Gels swell because of warmth; acids lead to cracks.", [("warmth", "gel swel"), ("acid", "crack")]),
        ("Cracks are caused by acids.", [("acid", "crack")]),
        (
            "Cracks were produced by acids, which leads to leaks.",
            [
                ("acid lead leak", "crack"),
                ("crack produc acid", "leak"),
            ],
        ),
        ("Gels are made by heating.", []),
        ("Heating caused cracks by chance.", [("heat", "crack chance")]),
        ("Gels swell in heat.", []),
    ],
)
def test_each_clause_says_what_follows_from_what(text, told):
    assert list(causations(Sentence(text, 0, len(text)))) == [
        Causation(frozenset(cause.split()), frozenset(effect.split())) for cause, effect in told
    ]


def test_a_claim_is_what_a_sentence_tells_beyond_its_question():
    text = "However, the ZIF-8 membrane reached 420 GPU and 25 °C in UiO-66 modules after 30 days."
    asked = Text("What did the membrane of ZIF-8 reach at 25 °C?")
    claim = Claim.of(Sentence(text, 0, len(text)), quantities(text), asked, quantities(asked.plain))
    assert claim.weights.keys() == {"30", "420", "66", "aft", "day", "gpu", "modul", "uio"}
    assert [number.text for number in claim.numbers] == ["420", "30 days"]
    assert claim.names == {"gpu", "uio"}
    again = Sentence("The membrane.", 0, 13)
    assert Claim.of(again, (), asked, ()).weights.keys() == {"membran"}  # all of it was asked


def test_a_claim_is_out_of_the_places_that_have_the_best_or_much_of_it():
    source = JoinedSource(
        ["Zeolite membranes leak argon. They crack.", "Polymer films leak argon. They swell.", "Glass stays."]
    )
    weights = {"zeolit": 4.0, "membran": 4.0, "leak": 2.0, "argon": 2.0}
    assert source.in_places_of([0, 2], weights, range(5)) == {0, 1}
    assert source.in_places_of([2, 0], weights, range(5)) == {0, 1, 2, 3}
    assert source.in_places_of([4], weights, range(5)) == {4}
    assert source.in_places_of([0, 2], weights, (1, 2)) == {1}


def test_a_blank_is_missed_between_a_function_word_and_its_neighbour_alone():
    source = IndexedSource("The gel of the water is thin and warm in summer.")
    assert [source.blank_in(word) for word in ("thewater", "thinand", "water", "ofthe", "warmthin", "gelwater")] == [
        3, 4, None, None, None, None,
    ]  # fmt: skip
