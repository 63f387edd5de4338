// A real browser goes the ways that people go, from the forgotten password to the new one: with the mouse and with the
// keyboard alone, wide and narrow, light and dark, with scripts and without, in French and in English. On every page axe
// looks for what keeps people out, and nothing may stick out at the side.
//
//     node journey.mjs < {"url", "mails", "people": [{"login", "mail", "password"}, ...], "shots"}
//
// It prints a line of JSON with the passwords that are in force at the end; whoever started it binds with them.

import { mkdirSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createRequire } from "node:module";
import { setTimeout as pause } from "node:timers/promises";
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const given = JSON.parse(readFileSync(0, "utf8"));
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PATIENCE = 60_000;

const WORDS = {
  fr: {
    signIn: "Se connecter", request: "Demander un nouveau mot de passe", send: "Envoyer", sent: "Regardez votre messagerie",
    link: "Un nouveau mot de passe", generated: "Recevoir un nouveau mot de passe", onItsWay: "Un nouveau mot de passe est en route",
    save: "Enregistrer ce mot de passe", set: "Votre nouveau mot de passe est enregistré", used: "Ce lien a déjà servi",
    change: "Changer mon mot de passe", changed: "Votre mot de passe est changé", signOut: "Se déconnecter", missing: "Cette page n’existe pas",
    cancel: "Annuler la demande", cancelled: "La demande est annulée", revoked: "Ce lien a été annulé", wrong: "Quelque chose ne va pas",
    other: "English", unknown: "Ce lien n’est pas le bon", toSignIn: "Aller à la page de connexion", show: "Afficher",
  },
  en: {
    signIn: "Sign in", request: "Request a new password", send: "Send", sent: "Check your email",
    link: "A new password", generated: "Send me a new password", onItsWay: "A new password is on its way",
    save: "Save this password", set: "Your new password is set", used: "This link has been used",
    change: "Change my password", changed: "Your password has been changed", signOut: "Sign out", missing: "There is no such page",
    cancel: "Cancel the request", cancelled: "The request has been cancelled", revoked: "This link has been cancelled",
    wrong: "There is a problem", other: "Français", unknown: "This link is not right", toSignIn: "Go to the sign-in page", show: "Show",
  },
};

const wide = { width: 1280, height: 860 };
const narrow = { width: 320, height: 640 };

// Each goes as somebody else, so that none gets another's mail.
const WALKS = [
  { name: "fr-wide-light", language: "fr", options: { viewport: wide, colorScheme: "light" }, way: generated },
  { name: "en-narrow-dark", language: "en", options: { viewport: narrow, colorScheme: "dark" }, way: chosen },
  { name: "fr-narrow-light-noscript", language: "fr", options: { viewport: narrow, colorScheme: "light", javaScriptEnabled: false }, way: generated },
  { name: "en-wide-dark-keyboard", language: "en", options: { viewport: wide, colorScheme: "dark" }, keyboard: true, way: chosen },
  { name: "fr-narrow-dark-notme", language: "fr", options: { viewport: narrow, colorScheme: "dark", reducedMotion: "reduce" }, way: notMe },
];

/** Somebody at a page. */
class Visitor {
  constructor(walk, person, page) {
    Object.assign(this, { walk, person, page, words: WORDS[walk.language], shots: 0 });
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

/** From the sign-in page to the mailed link. */
async function asks(visitor) {
  const { words, person, page } = visitor;
  await visitor.open("/");
  await visitor.at(words.signIn, "sign-in");
  await visitor.fill("identifier", person.login);
  await visitor.fill("password", "no-idea-any-more");
  await visitor.press("button", words.signIn);
  await visitor.isTold("sign-in-wrong");
  assert.equal(await page.locator("#identifier").inputValue(), person.login);
  await visitor.press("link", words.request);
  await visitor.at(words.request, "forgot");
  await visitor.fill("identifier", visitor.walk.keyboard ? person.mail : person.login);
  await visitor.press("button", words.send);
  await visitor.at(words.sent, "sent");
  await page.reload();
  await visitor.at(words.sent, "sent-again");
  const mail = await visitor.mail("reset-link");
  return { reset: mail.match(/http\S+\/r\/[\w-]{43}/)[0], revoke: mail.match(/http\S+\/n\/[\w-]{43}/)[0] };
}

async function signsIn(visitor, password) {
  const { words } = visitor;
  await visitor.open("/sign-in");
  await visitor.fill("identifier", visitor.person.login);
  await visitor.fill("password", password);
  await visitor.press("button", words.signIn);
}

/** A password is sent; whoever got it signs in and changes it. */
async function generated(visitor) {
  const { words, page, person } = visitor;
  const links = await asks(visitor);
  await visitor.open(links.reset);
  await visitor.at(words.link, "link");
  assert.equal(new URL(page.url()).pathname, "/reset", "the token has left the address");
  assert((await page.locator("dd").innerText()).includes(person.login));
  await visitor.press("button", words.generated);
  await visitor.at(words.onItsWay, "generated-sent");
  const mail = await visitor.mail("generated-password");
  const password = mail.match(/(?:[A-Z3-9]{5}-){3}[A-Z3-9]{5}/)[0];
  await visitor.open(links.reset);
  await visitor.at(words.used, "link-used");

  await signsIn(visitor, password);
  await page.getByRole("link", { name: words.change, exact: true }).waitFor({ timeout: PATIENCE });
  await visitor.at(await page.locator("h1").innerText(), "account");
  await visitor.press("link", words.change);
  await visitor.at(words.change, "password");
  await visitor.fill("old", password);
  await visitor.fill("new", "ruche-papillon-granit-84");
  await visitor.fill("confirm", "ruche-papillon-granit-85");
  await visitor.press("button", words.save);
  await visitor.isTold("password-differs");
  await visitor.fill("old", password);
  await visitor.fill("new", "ruche-papillon-granit-84");
  await visitor.fill("confirm", "ruche-papillon-granit-84");
  await visitor.press("button", words.save);
  await visitor.at(words.changed, "password-changed");
  await visitor.press("button", words.signOut);
  await visitor.at(words.signIn, "signed-out");
  await visitor.open("/account");
  await visitor.at(words.signIn, "signed-out-still");
  return "ruche-papillon-granit-84";
}

/** A password is chosen, after one that is not good enough. */
async function chosen(visitor) {
  const { words, page } = visitor;
  const links = await asks(visitor);
  await visitor.open(links.reset);
  await visitor.at(words.link, "link");
  await visitor.fill("new", "motdepasse123");
  await visitor.fill("confirm", "motdepasse123");
  await visitor.press("button", words.save);
  await visitor.isTold("link-refused");
  await page.getByRole("link", { name: words.other, exact: true }).waitFor();
  await visitor.fill("new", "phoque-lanterne-hiver-27");
  await page.getByRole("button", { name: words.show }).first().press("Enter");
  assert.equal(await page.locator("#new").getAttribute("type"), "text", "it is shown when asked for");
  await visitor.fill("confirm", "phoque-lanterne-hiver-27");
  await visitor.press("button", words.save);
  await visitor.at(words.set, "chosen");
  await visitor.press("link", words.toSignIn);
  await visitor.at(words.signIn, "sign-in-at-last");
  await signsIn(visitor, "phoque-lanterne-hiver-27");
  await page.getByRole("link", { name: words.change, exact: true }).waitFor({ timeout: PATIENCE });
  await visitor.at(await page.locator("h1").innerText(), "account");
  return "phoque-lanterne-hiver-27";
}

/** Somebody else asked: the request is taken back, and the old password stays. */
async function notMe(visitor) {
  const { words, page, person } = visitor;
  const links = await asks(visitor);
  await visitor.open(links.revoke);
  await visitor.at("Ce n’était pas vous\u202f?", "not-me");
  await visitor.press("button", words.cancel);
  await visitor.at(words.cancelled, "not-me-done");
  await visitor.open(links.reset);
  await visitor.at(words.revoked, "link-revoked");
  assert.equal(await visitor.open(`/r/${"A".repeat(43)}`), 404);
  await visitor.at(words.unknown, "link-unknown");
  assert.equal(await visitor.open("/nowhere"), 404);
  await visitor.at(words.missing, "missing");

  // The other language, and back; at four times the size there is a quarter of the room (WCAG 2.2 §1.4.10).
  await visitor.open("/forgot");
  await visitor.press("link", words.other);
  visitor.walk = { ...visitor.walk, language: "en" };
  await visitor.at(WORDS.en.request, "forgot-other-language");
  await page.evaluate(() => { document.documentElement.style.fontSize = "200%"; });
  await visitor.fits();
  return person.password;
}

const flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
if (given.shots) mkdirSync(given.shots, { recursive: true });
const browser = await chromium.launch({ executablePath: given.chromium ?? "/usr/bin/chromium", args: flags });
const passwords = {};
try {
  for (const [index, walk] of WALKS.entries()) {
    const person = given.people[index];
    const context = await browser.newContext({ locale: walk.language, ...walk.options });
    const page = await context.newPage();
    const complaints = [];
    page.on("console", (message) => { if (message.type() === "error" && !/40[34]|410|422/.test(message.text())) complaints.push(message.text()); });
    page.on("request", (request) => { if (!request.url().startsWith(given.url)) complaints.push(`asks ${request.url()}`); });
    passwords[person.login] = await walk.way(new Visitor(walk, person, page));
    assert.deepEqual(complaints, [], `${walk.name}: what the browser complains of`);
    await context.close();
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(passwords));
