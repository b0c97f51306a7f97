"""What can run here: found out from files and servers, before anything is started."""

import sys
import threading

import psutil
import pytest

from qagen.convert.job import Mode
from qagen.convert.modes import find_mode, remarks
from qagen.convert.options import refuse_unknown_options, refuse_unknown_settings
from qagen.convert.parts import Surroundings
from qagen.convert.servers import Servers
from qagen.errors import ConverterMissing, SettingsError
from qagen.settings import ConvertSettings
from tests.extras import needs_marker
from tests.qagen.convert.marker_server import marker_servers


@pytest.fixture(scope="module")
def urls():
    with marker_servers() as named:
        yield named


def mode(urls=None, *, gpu=False, environment=None, without="no OCR here", **settings) -> Mode:
    around = Surroundings(
        urls or {},
        environment={"HOME": "/nowhere", "XDG_CACHE_HOME": "/nowhere", **(environment or {})},
        gpu=gpu,
    )
    return find_mode(ConvertSettings(**settings), around, lambda: without)


@needs_marker
def test_without_weights_auto_is_the_rules_and_says_why():
    assert mode() == Mode(
        "rules", note="instead of marker's models: no weights of marker's layout model here"
    )
    assert mode(gpu=True).note == (
        "instead of marker's models: no server with marker's vision model here; no weights of marker's layout model here"
    )
    assert mode(converter="rules") == Mode("rules")


def test_without_marker_auto_is_the_rules_and_a_named_mode_names_the_command():
    around = Surroundings({}, environment={}, gpu=False, marker=False)
    assert find_mode(ConvertSettings(), around, lambda: "none").name == "rules"
    assert find_mode(ConvertSettings(ocr="always"), around, lambda: "").ocr == "all"
    with pytest.raises(
        ConverterMissing, match=r'--converter marker-fast needs marker.*pip install "qagen\[marker\]"'
    ):
        find_mode(ConvertSettings(converter="marker-fast"), around)


def test_options_of_markers_that_the_rules_do_not_read_are_told_of():
    settings = ConvertSettings(converter="rules", marker={"disable_links": True})
    assert remarks(settings) == [
        "the rules read none of marker's options, so these do nothing: disable_links"
    ]
    assert remarks(ConvertSettings(converter="rules")) == []


@needs_marker
def test_auto_takes_the_best_that_is_here(urls):
    assert mode(urls, gpu=True).name == "marker-balanced"
    assert (mode(urls).name, mode(urls).ocr) == ("marker-fast", "needed")
    only_layout = {"FAST_LAYOUT_SERVER_URL": urls["FAST_LAYOUT_SERVER_URL"]}
    assert (mode(only_layout).name, mode(only_layout).ocr) == ("marker-fast", "none")


@needs_marker
def test_a_mode_that_was_named_is_no_other():
    with pytest.raises(
        ConverterMissing,
        match=r"with --download .the weights. licence.* or name a running server in FAST_LAYOUT_SERVER_URL",
    ):
        mode(converter="marker-fast")
    with pytest.raises(ConverterMissing, match="no program 'llama-server' to start one"):
        mode(converter="marker-balanced", environment={"PATH": "/nowhere"})


@needs_marker
def test_ocr_of_all_pages_needs_the_vision_model_in_markers_modes(urls):
    assert mode(urls, converter="marker-fast", ocr="always").ocr == "all"
    assert mode(urls, converter="marker-fast", ocr="never").ocr == "none"
    only_layout = {"FAST_LAYOUT_SERVER_URL": urls["FAST_LAYOUT_SERVER_URL"]}
    with pytest.raises(ConverterMissing, match=r"--ocr always cannot run here.*SURYA_INFERENCE_URL"):
        mode(only_layout, converter="marker-fast", ocr="always")


@pytest.mark.parametrize(
    ("ocr", "with_it", "without_it"),
    [("auto", "needed", "none"), ("always", "all", None), ("never", "none", "none")],
)
def test_the_rules_have_pages_read_where_the_extra_is_here(ocr, with_it, without_it):
    assert mode(converter="rules", ocr=ocr, without="").ocr == with_it
    if without_it is None:
        with pytest.raises(ConverterMissing, match="--ocr always cannot run here: no OCR here"):
            mode(converter="rules", ocr=ocr)
    else:
        assert mode(converter="rules", ocr=ocr).ocr == without_it


def test_ocr_is_no_switch_any_more():
    with pytest.raises(SettingsError, match="what was true is 'always' now"):
        ConvertSettings(ocr=True)


@needs_marker
def test_weights_in_the_caches_are_found(tmp_path):
    snapshot = tmp_path / "hub" / "models--datalab-to--surya_layout2" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").touch()
    assert mode(environment={"HF_HOME": str(tmp_path)}, converter="marker-fast").name == "marker-fast"
    local = {"FAST_LAYOUT_MODEL_CHECKPOINT": str(snapshot)}
    assert mode(environment=local, converter="marker-fast").name == "marker-fast"


@needs_marker
def test_a_server_that_was_named_must_answer_and_be_the_right_one(urls):
    with pytest.raises(ConverterMissing, match="does not answer as marker's server does"):
        mode({"FAST_LAYOUT_SERVER_URL": "http://127.0.0.1:1/v1"}, converter="marker-fast")
    other = {"FAST_LAYOUT_SERVER_URL": urls["SURYA_INFERENCE_URL"]}
    with pytest.raises(ConverterMissing, match="serves 'datalab-to/surya-ocr-2' and not"):
        mode(other, converter="marker-fast")


@needs_marker
@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"disable_ocrr": True}, "knows no option 'disable_ocrr'; did you mean disable_ocr"),
        ({"gap_threshold": "wide"}, "'gap_threshold' takes float, not 'wide'"),
        ({"disable_links": 1}, "'disable_links' takes bool, not 1"),
        ({"force_ocr": True}, "use --ocr"),
        ({"PdfProvider_page_range": [1]}, "range_pages"),
        ({"use_llm": True}, "sends no page"),
        ({"gemini_api_key": "x"}, "knows no option"),
    ],
)
def test_an_option_that_would_do_nothing_or_harm_is_refused(options, said):
    with pytest.raises(SettingsError, match=said):
        refuse_unknown_options(options)


@needs_marker
def test_options_and_settings_that_marker_knows_are_taken():
    refuse_unknown_options(
        {"gap_threshold": 1, "StructureBuilder_list_gap_threshold": 0.2, "disable_ocr": True}
    )
    refuse_unknown_settings({"SURYA_INFERENCE_URL": "http://gpu:8000/v1"})
    with pytest.raises(SettingsError, match="did you mean SURYA_INFERENCE_URL"):
        refuse_unknown_settings({"SURYA_INFERENCE_ULR": "http://gpu:8000/v1"})


FAST = Mode("marker-fast")
READY = "import json, sys\nprint(json.dumps({'url': 'http://127.0.0.1:7/v1'}), flush=True)\nsys.stdin.read()"


@needs_marker
def test_servers_that_a_run_started_end_with_it():
    before = psutil.Process().children(recursive=True)
    servers = Servers(FAST, ConvertSettings(), command=(sys.executable, "-c", READY))
    environment = servers.start(threading.Event())
    assert (
        environment
        == servers.start(threading.Event())
        == {
            "FAST_LAYOUT_SERVER_URL": "http://127.0.0.1:7/v1",
            "FAST_LAYOUT_SERVER_AUTOSTART": "false",
            "OCR_ERROR_SERVER_AUTOSTART": "false",
            "SURYA_INFERENCE_AUTOSTART": "false",
        }
    )
    assert len(psutil.Process().children(recursive=True)) == len(before) + 1
    servers.stop()
    assert psutil.Process().children(recursive=True) == before


@needs_marker
def test_a_server_that_does_not_start_says_why_at_once():
    servers = Servers(
        FAST, ConvertSettings(), command=(sys.executable, "-c", "raise SystemExit('no weights')")
    )
    with pytest.raises(ConverterMissing, match=r"did not start \(no weights\)"):
        servers.start(threading.Event())
    servers.stop()


def test_the_rules_start_no_server():
    assert Servers(Mode("rules"), ConvertSettings(), command=("nothing",)).start(threading.Event()) == {}


def test_without_marker_its_modes_name_the_command_that_installs_it_and_auto_takes_the_rules():
    here = Surroundings({}, marker=False)
    assert find_mode(ConvertSettings(), here).note == "instead of marker's models: marker is not installed"
    with pytest.raises(ConverterMissing, match=r'pip install "qagen\[marker\]"'):
        find_mode(ConvertSettings(converter="marker-fast"), here)
