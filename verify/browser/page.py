"""Uses the report page as a reader does: page.py SQRTN BROWSER CHECKOUT FOLDER. Pages and pictures go into FOLDER."""
import importlib.resources
import json
import re
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

AXE = importlib.resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
HOSTILE = '"><script>window.broken = 1</script><img src=x onerror="window.broken = 1">'
FITS = "document.documentElement.scrollWidth <= window.innerWidth"


def attacked(results):
    """The document of a second machine whose every text is an attack, with a claim that failed and a wrong answer."""
    document = json.loads(results.read_text(encoding="utf-8"))
    document["environment"]["cpu_model"] = HOSTILE
    document["command"] = ["sqrtn", "run", HOSTILE]
    claim = next(one for one in document["claims"] if one["observed"] is not None)
    claim.update(verdict="fail", reason=HOSTILE, statement=HOSTILE, source=HOSTILE, p_value=1e-30)
    document["measurements"][-1].update(
        group=HOSTILE, rate=None, note=HOSTILE, note_kind="wrong answer", shape=HOSTILE)
    document["verdict"] = "fail"
    return json.dumps(document)


def opened(browser, url, **options):
    """A page that notes every message, error and request but for the file itself."""
    page = browser.new_context(**options).new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: page.complaints.append(f"error: {error}"))
    page.on("request", lambda request: request.url == url or page.complaints.append(f"request: {request.url}"))
    page.goto(url)
    return page


def check(holds, what):
    if not holds:
        raise AssertionError(what)


def check_quiet(page):
    check(page.complaints == [], page.complaints)


def unfold(section):
    """Opens the first fold of a section as a reader does."""
    section.locator("summary").first.click()


def check_sort(page):
    unfold(page.locator("#speed-init"))
    table = page.locator("#speed-init table.data")
    median = table.locator("thead th").nth(2)

    def medians():
        values = table.locator("tbody tr").evaluate_all("rows => rows.map((row) => row.cells[2].dataset.v ?? null)")
        return [float(value) for value in values if value is not None]

    median.get_by_role("button").click()
    check(median.get_attribute("aria-sort") == "ascending", "the column says how it is sorted")
    ascending = medians()
    check(len(ascending) > 1 and ascending == sorted(ascending), "times sort by value, not by unit or text")
    median.get_by_role("button").press("Enter")
    check(median.get_attribute("aria-sort") == "descending", "the column says that it turned")
    check(medians() == ascending[::-1], "the keyboard sorts too")


def check_filter(page):
    claims = page.locator("#claims")
    unfold(claims)
    search = claims.get_by_role("searchbox")
    visible = claims.locator("tbody tr:not([hidden])")
    search.fill("He_Normal ars")
    shown = visible.all_text_contents()
    check(shown and all("he_normal" in text and "ars" in text for text in shown), "only what matches is shown")
    check(re.fullmatch(rf"{len(shown)} of \d+ rows", claims.get_by_role("status").text_content()), "matches are counted")
    check(visible.first.is_visible(), "the list that holds a match opens")
    search.fill("")
    check(claims.locator("tbody tr[hidden]").count() == 0, "without a filter all is shown")


def check_accessibility(page, what):
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    page.evaluate(AXE)
    violations = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")["violations"]
    told = [f"{one['id']}: {len(one['nodes'])}, first {one['nodes'][0]['html'][:200]}"
            for one in violations if one["impact"] in ("serious", "critical")]
    check(told == [], f"{what}: serious findings of axe: {told}")


def check_looks(browser, url, name, folder):
    papers = set()
    for width in (1280, 375):
        for scheme in ("light", "dark"):
            what = f"{name}-{width}-{scheme}"
            page = opened(browser, url, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
            check(page.evaluate(FITS), f"{what}: the page itself does not scroll sideways")
            papers.add((scheme, page.evaluate("getComputedStyle(document.body).backgroundColor")))
            page.screenshot(path=folder / f"{what}.png")
            # Colours hang on the scheme and the order of things on the width: axe, which takes long, sees each once.
            if (width, scheme) in ((1280, "light"), (375, "dark")):
                check_accessibility(page, what)
            check_quiet(page)
            page.context.close()
    check(len(papers) == 2 and len({paper for _, paper in papers}) == 2, "light and dark have papers of their own")


def check_without_scripts(browser, url):
    page = opened(browser, url, java_script_enabled=False)
    check(page.locator("#claims tbody tr").count() > 100, "the claims are there")
    check(page.locator("thead button").count() == 0, "nothing looks as if it could be pressed")
    check(page.locator("h1").count() == 1, "there is one title")
    check(page.locator("svg.chart > title + desc").count() == page.locator("svg.chart").count(), "charts are described")
    check(page.locator("table:not(:has(caption))").count() == 0, "tables have captions")


def check_attack(browser, url):
    # Without the policy too: the escaping alone has to hold.
    for bypass_csp in (False, True):
        page = opened(browser, url, bypass_csp=bypass_csp)
        check(page.evaluate("window.broken") is None, "no script from a document runs")
        check(page.locator("script").count() == 1 and page.locator("img").count() == 0, "no element from a document is made")
        check(page.locator(".finding").count() >= 2, "what is wrong is marked")
        check_quiet(page)


def check_libraries(browser, url, folder):
    """The page of a whole run: every library of the machine, with what is wrong and how it is seen again."""
    page = opened(browser, url, viewport={"width": 375, "height": 900}, color_scheme="dark", bypass_csp=True)
    for table in ("#libraries", "#accuracy", "#library-speeds"):
        check(page.locator(f"{table} tbody tr").count() > 1, f"{table} has rows")
    check(page.evaluate(FITS), "the page itself does not scroll sideways")
    findings = page.locator("#library-findings")
    unfold(findings)
    check("sqrtn verify --blas" in findings.locator("details[open]").first.inner_text(), "a defect can be seen again")
    check_accessibility(page, "every library")
    check_quiet(page)
    page.locator("#libraries").screenshot(path=folder / "libraries.png")


def main(sqrtn, executable, checkout, folder):
    folder = Path(folder)
    results = next(Path(checkout, "results/published").glob("*/results.json"), None)
    if results is None:
        print("skipped: no results in the checkout")
        return 77
    attack = folder / "attacked.json"
    attack.write_text(attacked(results), encoding="utf-8")

    def make_page(name, *inputs):
        subprocess.run([sqrtn, "report", *inputs, "--output", folder / name], check=True, stdout=subprocess.DEVNULL)
        return (folder / name / "report.html").resolve().as_uri()

    one = make_page("one", results)
    two = make_page("two", results, attack)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        page = opened(browser, one)
        check_sort(page)
        check_filter(page)
        check_quiet(page)
        check_without_scripts(browser, one)
        check_attack(browser, two)
        check_looks(browser, one, "one", folder)
        check_looks(browser, two, "two", folder)
        # The report takes the libraries from the backends.json beside the results.
        if results.with_name("backends.json").exists():
            check_libraries(browser, one, folder)
        browser.close()
    print("the page works")
    return 0


sys.exit(main(*sys.argv[1:]))
