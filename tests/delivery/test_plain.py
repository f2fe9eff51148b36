"""The text part reads well and hides what the HTML hides."""

from hypothesis import given
from hypothesis import strategies as st

from funnel.delivery.plain import COLUMNS, plain_text


def test_links_lists_and_headings_are_readable_without_html() -> None:
    html = (
        "<h2>News</h2><p>Read <a href='https://x.example/a'>the report</a> or <a href='mailto:a@x.example'>a@x.example"
        "</a>.</p><ol><li>one<ul><li>inner</li></ul></li><li>two</li></ol><ol><li>again</li></ol>"
    )
    assert plain_text(html) == (
        "News\n----\n\nRead the report (https://x.example/a) or a@x.example.\n\n1. one\n  - inner\n2. two\n\n1. again\n"
    )


def test_a_link_that_ends_its_line_stands_alone_on_the_next_so_that_nothing_sticks_to_it() -> None:
    button = "<p><a href='https://x.example/b'>Choose a time</a></p><p>Bye</p>"
    assert plain_text(button) == "Choose a time\nhttps://x.example/b\n\nBye\n"
    listed = "<ul><li>See <a href='https://x.example/c'>the plan</a></li><li>two</li></ul>"
    assert plain_text(listed) == "- See the plan\n  https://x.example/c\n- two\n"
    cells = "<table><tr><td>one</td><td><a href='https://x.example/d'>two</a></td></tr></table>"
    assert plain_text(cells) == "one | two (https://x.example/d)\n"
    twice = "<p><a href='https://x.example/e'>Yes</a> or <a href='https://x.example/f'>no</a></p>"
    assert plain_text(twice) == "Yes (https://x.example/e) or no (https://x.example/f)\n"
    headed = "<h2><a href='https://x.example/g'>News</a></h2>"
    assert plain_text(headed) == "News (https://x.example/g)\n" + "-" * 26 + "\n"


def test_nothing_hidden_is_told() -> None:
    html = (
        "<head><title>t</title><style>s</style></head><div style='display: none'>secret<p>deep</p></div><p hidden>h</p>"
        "<!--[if mso]><p>outlook</p><![endif]--><script>x</script>seen<img alt='A cat' src='x'><img src='y'>"
    )
    assert plain_text(html) == "seenA cat\n"


def test_data_tables_keep_their_cells_on_a_line_and_layout_tables_do_not() -> None:
    data = "<table><tr><th>Theme</th><th>Score</th></tr><tr><td>Speed</td><td>4</td></tr></table>"
    assert plain_text(data) == "Theme | Score\nSpeed | 4\n"
    bullets = "<table><tr><td>•</td><td>One</td></tr><tr><td>•</td><td>Two</td></tr></table>"
    assert plain_text(bullets) == "- One\n- Two\n"
    bar = "<table role='presentation'><tr><td>&#8203;</td></tr></table>"
    assert plain_text(f"<table><tr><td>Speed</td><td>{bar}</td><td>4</td></tr></table>") == "Speed | 4\n"
    layout = "<table role='presentation'><tr><td>Left</td><td>Right</td></tr></table>"
    assert plain_text(layout) == "Left\n\nRight\n"


@given(st.lists(st.text("abcé ", min_size=1, max_size=30), max_size=60))
def test_lines_are_wrapped_and_no_word_is_lost(words: list[str]) -> None:
    text = plain_text(f"<p>{' '.join(words)}</p>")
    assert text.split() == " ".join(words).split()
    assert all(len(line) <= COLUMNS for line in text.splitlines())
