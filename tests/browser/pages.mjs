// Looks at the comments and job summaries of the snapshots as readers do: rendered by GitHub's own Markdown library,
// in a browser, on a phone and on a desktop. Prints what is wrong, and exits with 1 then.
//
//   node tests/browser/pages.mjs MODULES BROWSER [FOLDER [PART]]    with screenshots in FOLDER, and only of names with PART
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [modules, browserPath, folder, part = ""] = process.argv.slice(2);
const load = createRequire(join(modules, "x.js"));
const { default: puppeteer } = await import(load.resolve("puppeteer-core"));
const css = readFileSync(load.resolve("github-markdown-css/github-markdown-light.css"), "utf8");

// A comment on a phone has the whole width but for its margins.
const widths = { phone: 390, desktop: 1280 };
const margins = { phone: 16, desktop: 140 };
const snapshots = "tests/suite/snapshots";
const ours = ["https://github.com/acme/shop/blob/", "https://github.com/acme/shop/actions/runs/42", "https://handbook.example/"];
const elements = new Set(
  ("article h2 h3 h4 p ul ol li a code pre strong em blockquote hr br details summary table thead tbody tr th td").split(" "),
);

// What stands below the header of a snapshot.
function pages() {
  const wanted = /^suite__(comments|reports)__(.+\.(comment|markdown))\.snap$/;
  return readdirSync(snapshots).sort().flatMap((file) => {
    const name = wanted.exec(file)?.[2];
    if (!name?.includes(part)) return [];
    const text = readFileSync(join(snapshots, file), "utf8");
    return [{ name, markdown: text.slice(text.indexOf("\n---\n") + 5) }];
  });
}

function html(markdown, margin) {
  const extensions = ["table", "strikethrough", "autolink", "tagfilter", "tasklist"].flatMap((name) => ["-e", name]);
  // Without `--unsafe` our own <details> would be left out; what a repository smuggled in would show.
  const body = execFileSync("cmark-gfm", ["--unsafe", "--github-pre-lang", ...extensions], { input: markdown, encoding: "utf8" });
  return `<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
    <style>${css} body { margin: 0; padding: 8px ${margin}px; background: white } </style>
    <article class="markdown-body">${body}</article>`;
}

// Runs inside the page.
function look(names, hosts, hostile) {
  const problems = [];
  const article = document.querySelector("article");
  for (const details of article.querySelectorAll("details")) details.open = true;
  for (const element of article.querySelectorAll("*")) {
    const name = element.localName;
    if (!names.includes(name)) problems.push(`an element <${name}>`);
    if (name === "a" && !hosts.some((host) => element.href.startsWith(host))) problems.push(`a link to ${element.href}`);
    const style = [...element.attributes].map((one) => one.name);
    const allowed = { a: ["href"], pre: ["lang"], code: ["class"], th: ["align"], td: ["align"], details: ["open"] };
    for (const one of style) if (!(allowed[name] ?? []).includes(one)) problems.push(`an attribute ${name}[${one}]`);
    // Code may be scrolled; everything else has to fit.
    if (name !== "pre" && !element.closest("pre") && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0) {
      problems.push(`<${name}> is wider than its place: ${element.textContent.slice(0, 60)}`);
    }
  }
  const root = document.scrollingElement;
  if (root.scrollWidth > root.clientWidth) problems.push(`the page is ${root.scrollWidth} wide`);
  const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    // A hostile text is shown as what it is.
    if (hostile || node.parentElement.closest("code, pre")) continue;
    if (/\*\*|^#{1,6} |<\/?[a-z]+>|&[a-z]+;|\[[^\]]*\]\(/m.test(node.data)) {
      problems.push(`markup as text: ${node.data.slice(0, 60)}`);
    }
  }
  return problems;
}

const browser = await puppeteer.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu"] });
let wrong = 0;
let seen = 0;
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  // Nothing that a page names is ever fetched.
  await page.setRequestInterception(true);
  page.on("request", (request) => (request.url().startsWith("data:") ? request.continue() : request.abort()));
  for (const { name, markdown } of pages()) {
    for (const [device, width] of Object.entries(widths)) {
      await page.setViewport({ width, height: 844, deviceScaleFactor: 1 });
      await page.setContent(html(markdown, margins[device]), { waitUntil: "domcontentloaded" });
      if (folder) {
        mkdirSync(folder, { recursive: true });
        await page.screenshot({ path: join(folder, `${name}.${device}.png`), fullPage: true });
      }
      const problems = await page.evaluate(look, [...elements], ours, name.startsWith("hostile"));
      if (folder) await page.screenshot({ path: join(folder, `${name}.${device}.open.png`), fullPage: true });
      for (const problem of new Set(problems)) console.error(`${name} on a ${device}: ${problem}`);
      wrong += problems.length;
      seen += 1;
    }
  }
} finally {
  // Asked to close, a headless browser may take its time; there is nothing to keep.
  browser.process()?.kill("SIGKILL");
}
if (!part && seen < 12) throw new Error(`only ${seen} pages were found`);
console.log(`${seen} pages looked at, ${wrong} problems`);
process.exit(wrong ? 1 : 0);
