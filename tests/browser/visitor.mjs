// Somebody with a real browser at the pages, who looks at each of them from all sides: axe looks for what keeps people out,
// and nothing may stick out at the side.

import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

/** What whoever started this says of the daemon. */
export const given = JSON.parse(readFileSync(0, "utf8"));

/** How long anything may take on a busy machine, in milliseconds. */
export const PATIENCE = 60_000;

export const wide = { width: 1280, height: 860 };
export const narrow = { width: 320, height: 640 };

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Somebody at a page. */
export class Visitor {
  constructor(walk, person, page, words) {
    Object.assign(this, { walk, person, page, words, shots: 0 });
  }

  async open(path) {
    const response = await this.page.goto(new URL(path, given.url).href);
    return response.status();
  }

  /** Waits for the page with this heading, and looks at it from all sides. */
  async at(heading, shot) {
    const found = this.page.getByRole("heading", { name: heading, exact: true }).first();
    await found.waitFor({ timeout: PATIENCE });
    assert.equal(await this.page.locator("html").getAttribute("lang"), this.walk.language, `${this.page.url()}: lang`);
    await this.isAccessible();
    await this.fits();
    if (given.shots) {
      this.shots += 1;
      const name = `${this.walk.name}-${String(this.shots).padStart(2, "0")}-${shot}.png`;
      await this.page.screenshot({ path: join(given.shots, name), fullPage: true });
    }
  }

  async isAccessible() {
    // Axe is a script itself; the same pages are looked at where there are scripts.
    if (this.walk.options.javaScriptEnabled === false) return;
    await this.page.evaluate(axe);
    const { violations } = await this.page.evaluate(() => globalThis.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }));
    const said = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((node) => node.html).join(" ")}`);
    assert.deepEqual(said, [], `${this.walk.name} at ${this.page.url()}`);
  }

  /** Nothing sticks out at the side (WCAG 2.2 §1.4.10), and everything that is pressed is large enough (§2.5.8). */
  async fits() {
    const { over, small } = await this.page.evaluate(() => ({
      over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      small: [...document.querySelectorAll("a, button, input:not([type=hidden]):not([hidden])")]
        .filter((element) => element.getBoundingClientRect().height < 24).map((element) => element.outerHTML),
    }));
    assert.equal(over, 0, `${this.walk.name} at ${this.page.url()}: wider than the window`);
    assert.deepEqual(small, [], `${this.walk.name} at ${this.page.url()}: too small`);
  }

  async fill(id, text) {
    const field = this.page.locator(`#${id}`);
    if (this.walk.keyboard) {
      await this.reach(field);
      await this.page.keyboard.press("Control+A");
      await this.page.keyboard.type(text);
    } else {
      await field.fill(text);
    }
  }

  async press(role, name) {
    const target = this.page.getByRole(role, { name, exact: true }).first();
    if (this.walk.keyboard) {
      await this.reach(target);
      await this.page.keyboard.press("Enter");
    } else {
      await target.click();
    }
  }

  /** Goes on with the tabulator until `target` has the focus, which has to be seen. */
  async reach(target) {
    await target.waitFor({ timeout: PATIENCE });
    for (let steps = 0; steps < 40; steps += 1) {
      if (await target.evaluate((element) => element === document.activeElement)) {
        const outline = await target.evaluate((element) => getComputedStyle(element).outlineStyle);
        assert.notEqual(outline, "none", "the focus is not to be seen");
        return;
      }
      await this.page.keyboard.press("Tab");
    }
    assert.fail(`${this.walk.name} at ${this.page.url()}: not to be reached by keyboard`);
  }

  /** The next mail to this person whose file has `kind` in its name. */
  async mail(kind) {
    for (const end = Date.now() + PATIENCE; ; await pause(50)) {
      const names = readdirSync(given.mails).filter((name) => name.endsWith(`-${kind}.eml`)).sort();
      const texts = names.map((name) => readFileSync(join(given.mails, name), "utf8")).filter((text) => text.includes(`<${this.person.mail}>`) || text.includes(`To: ${this.person.mail}`));
      if (texts.length > 0) return texts.at(-1);
      assert(Date.now() < end, `no ${kind} for ${this.person.mail}`);
    }
  }

  /** What is wrong is said at the head, where the focus is, and beside the field. */
  async isTold(shot) {
    await this.at(this.words.wrong, shot);
    assert.equal(await this.page.evaluate(() => document.activeElement?.className), "summary", "the summary has the focus");
    assert.match(await this.page.title(), /^(Erreur|Error)/);
    for (const field of await this.page.locator("input[type=password]").all()) {
      assert.equal(await field.inputValue(), "", "a password came back");
    }
  }
}

/** Signs somebody in. */
export async function signsIn(visitor, { login, password } = visitor.person) {
  await visitor.open("/sign-in");
  await visitor.fill("identifier", login);
  await visitor.fill("password", password);
  await visitor.page.locator("main button.button").click();
  await visitor.page.locator(".signed-in").waitFor();
}

/** Gives `use` a browser, which is closed afterwards. */
export async function withBrowser(use) {
  const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  if (given.shots) mkdirSync(given.shots, { recursive: true });
  const browser = await chromium.launch({ executablePath: given.chromium ?? "/usr/bin/chromium", args: flags });
  try {
    return await use(browser);
  } finally {
    await browser.close();
  }
}

/** Lets somebody go their way in a browser of their own, which must not complain of anything. */
export async function goes(browser, walk, person, words) {
  const context = await browser.newContext({ locale: walk.language, ...walk.options });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  const complaints = [];
  page.on("console", (message) => { if (message.type() === "error" && !/40[349]|410|422/.test(message.text())) complaints.push(message.text()); });
  page.on("request", (request) => { if (!request.url().startsWith(given.url)) complaints.push(`asks ${request.url()}`); });
  const outcome = await walk.way(new Visitor(walk, person, page, words));
  assert.deepEqual(complaints, [], `${walk.name}: what the browser complains of`);
  await context.close();
  return outcome;
}
