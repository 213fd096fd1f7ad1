import base64
import hashlib
import re

from tests.figures import synthetic

from viz_core.figures import export, words
from viz_core.figures.assets import BUNDLE, MODULES, STATIC, bundle, component_js


def test_one_file_without_any_address(tmp_path):
    page = export.html(synthetic.translation(), tmp_path / "run.html")
    assert (tmp_path / "run.html").read_text(encoding="utf-8") == page
    ours = re.sub(r"<script>\s*/\*\*\s*\* plotly\.js.*?</script>", "", page, flags=re.DOTALL)
    assert len(ours) < 1_000_000
    assert not re.search(r"""(src|href)=["']https?:""", ours)
    assert "default-src 'none'" in page and "connect-src" not in page


def test_only_the_scripts_in_the_policy_may_run():
    page = export.html(synthetic.translation())
    allowed = set(re.findall(r"'sha256-([^']+)'", page))
    scripts = re.findall(r"<script(?: type=module)?>(.*?)</script>", page, flags=re.DOTALL)
    assert len(scripts) == 2
    assert {base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts} == allowed


def test_data_cannot_end_its_script():
    trace = synthetic.translation(3, 2)
    page = export.html(type(trace)(trace.run, "</script><script>alert(1)</script>", trace.source_axis, trace.output, trace.unit, trace.steps))
    assert "<script>alert(1)" not in page


def test_charts_only_when_there_are_some():
    made = export.default_scene(synthetic.translation(encoder=False, tree=False))
    few = type(made)("t", made.steps, tuple(p for p in made.panels if p.kind in ("links", "heatmap", "bars")))
    assert len(export.html(few)) < 200_000


def test_bundle_has_every_module_and_no_import_left():
    code = bundle()
    others = {"plotly.min.js", BUNDLE, "mounted.js"}  # the last is for views that are not the player
    assert set(MODULES) == {path.name for path in STATIC.glob("*.js")} - others | {"patches/board.js"}
    assert not re.search(r"^(import|export) ", code, re.MULTILINE)
    names = re.findall(r"^(?:async )?(?:function|class|const|let) ([\w$]+)", code, re.MULTILINE)
    assert len(names) == len(set(names)), "two modules use one name; the bundle cannot hold both"


def test_streamlit_gets_the_same_code_with_its_entry_point():
    path = component_js()
    assert path.read_text(encoding="utf-8") == f"{bundle()}\nexport default streamlit;\n"
    assert "function streamlit(" in bundle()
    before = path.stat().st_mtime_ns
    assert component_js().stat().st_mtime_ns == before, "written again although nothing changed"


def test_the_file_says_its_language():
    trace = synthetic.translation(3, 2, details=False, encoder=False, tree=False)
    assert '<html lang="en">' in export.html(trace)
    words.use(lambda message: "zh-CN" if message == "en" else message)
    try:
        assert '<html lang="zh-CN">' in export.html(trace)
    finally:
        words.use(None)
