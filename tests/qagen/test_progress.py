from qagen.progress import Bars, Lines, progress


def test_a_log_has_the_notes_and_no_line_for_every_step(capsys):
    with Lines() as watch:
        for done in range(100):
            watch.converting(done, 100)
            watch.asking(done, 100, 8)
        watch.note("a.pdf: damaged")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "a.pdf: damaged\n")


def test_a_log_has_a_line_with_both_counts_when_it_is_time(capsys):
    clock = iter([0.0, 1.0, 31.0, 31.0, 32.0]).__next__
    with Lines(clock) as watch:
        watch.converting(1, 3)
        watch.asking(4, 9, 8)
        watch.converting(2, 3)
    assert capsys.readouterr().err == "papers 1/3, chunks 4/9, 8 calls at a time\n"


def test_bars_show_both_counts_and_the_notes_on_stderr_only(capsys):
    with Bars() as watch:
        watch.converting(2, 3)
        watch.asking(4, 9, 8)
        watch.note("a.pdf: damaged")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "a.pdf: damaged\n" in captured.err
    assert "papers" in captured.err
    assert "8 at a time" in captured.err


def test_where_stderr_is_no_terminal_there_are_lines():
    assert isinstance(progress(), Lines)
