// What people do on the pages once they are signed in, and what they try: a manager with the members of a team and with
// others, an administrator with a new person, two windows at once, the way back after signing out.
//
//     node people.mjs < {"url", "mails", "people": [{"login", "password", "mail", ...}, ...]}
//
// It prints a line of JSON with the passwords that are in force at the end; whoever started it binds with them.

import assert from "node:assert/strict";
import { given, goes, narrow, signsIn, wide, withBrowser } from "./visitor.mjs";

const NEW = "tournevis-brume-castor-57";
const OTHER = "ruche-papillon-granit-84";
const passwords = {};

const person = (login) => given.people.find((one) => one.login === login);

const path = (page) => new URL(page.url()).pathname;

/** Waits until the page says what was done. */
const saved = (page) => page.locator(".notice[role=status]").waitFor();

/** Goes from the list to the sheet of `name`. */
async function opensSheet(visitor, name) {
  await visitor.page.locator("nav.areas a[href='/people']").click();
  await visitor.fill("search", name);
  await visitor.page.locator("form.filter button").click();
  await visitor.page.locator("table a").first().click();
  await visitor.page.locator("input[name=seen]").waitFor({ state: "attached" });
  await visitor.fits();
  await visitor.isAccessible();
}

/** Somebody changes their own password, at first without knowing the old one. */
async function ownPassword(visitor) {
  const { page } = visitor;
  await signsIn(visitor);
  await page.locator("a[href='/account/password']").click();
  for (const old of ["not-the-old-one", visitor.person.password]) {
    await visitor.fill("old", old);
    await visitor.fill("new", OTHER);
    await page.locator(".strength.good").waitFor();
    await visitor.fill("confirm", OTHER);
    await page.locator("main button.button").click();
    if (old !== visitor.person.password) {
      await page.locator(".summary").waitFor();
      assert.equal(await page.locator("#old").getAttribute("aria-invalid"), "true", "the old one is what is wrong");
      assert.equal(await page.locator("#new").inputValue(), "", "a password came back");
    }
  }
  await page.waitForURL("**/account/password/done");
  passwords[visitor.person.login] = OTHER;
}

/** A manager gives a member of the team a password; others are not there, whatever is written into the address. */
async function manager(visitor) {
  const { page } = visitor;
  await signsIn(visitor);
  await opensSheet(visitor, "louise");
  assert.equal(await page.locator("#role, #login, #state").count(), 0, "what is not a manager's to change is no field");
  await visitor.fill("password", "louise");
  await page.locator(".strength:not(.good):not(:empty)").waitFor();
  await visitor.fits();
  await visitor.fill("password", NEW);
  await page.locator(".strength.good").waitFor();
  await visitor.fill("confirm", NEW);
  await page.locator("#temporary").uncheck();
  await page.locator("main button.button").first().click();
  await saved(page);
  passwords.louisem = NEW;

  const foreign = await somebodysSheet(visitor, "marcl");
  assert.equal(await visitor.open(foreign), 404);
  for (const area of ["/teams", "/groups", "/applications", "/audit", "/mail", "/people/0000000000000001"]) {
    assert.equal(await visitor.open(area), 404, area);
  }
  // The form of a sheet that may be seen, sent to one that may not.
  await visitor.open("/account");
  await opensSheet(visitor, "louise");
  await page.locator("form[action^='/people/']").first().evaluate((form, action) => { form.action = action; }, foreign);
  await visitor.fill("password", "attaque-vipere-orage-19");
  await visitor.fill("confirm", "attaque-vipere-orage-19");
  await page.locator("main button.button").first().click();
  await page.waitForURL(`**${foreign}`);
  assert.equal(await page.locator("input[name=seen]").count(), 0, "a sheet is shown that is not to be seen");
  passwords.marcl = person("marcl").password;
}

/** Where the sheet of `login` is: found out by an administrator in a window of their own. */
async function somebodysSheet(visitor, login) {
  const context = await visitor.page.context().browser().newContext();
  const other = Object.assign(Object.create(Object.getPrototypeOf(visitor)), visitor, { page: await context.newPage() });
  await signsIn(other, person("claireb"));
  await opensSheet(other, login);
  const found = path(other.page);
  await context.close();
  return found;
}

/** An administrator adds a person, who is invited, chooses a password from the mail, and signs in. */
async function invitation(visitor) {
  const { page } = visitor;
  await signsIn(visitor);
  await visitor.open("/people/new");
  await visitor.fill("first_name", "Adèle");
  await visitor.fill("surname", "Moreau");
  await visitor.fill("login", "adelem");
  await visitor.fill("mail", "adelem@example.org");
  await page.locator("#team").selectOption("sales");
  assert(await page.locator("#invite").isChecked(), "an invitation is what is meant");
  await page.locator("main button.button").click();
  await saved(page);
  visitor.person = { ...visitor.person, mail: "adelem@example.org" };
  const mail = await visitor.mail("invitation");

  const context = await page.context().browser().newContext({ viewport: narrow, locale: visitor.walk.language });
  const newcomer = Object.assign(Object.create(Object.getPrototypeOf(visitor)), visitor, { page: await context.newPage() });
  await newcomer.open(mail.match(/http\S+\/r\/[\w-]{43}/)[0]);
  await newcomer.fits();
  await newcomer.isAccessible();
  await newcomer.fill("new", NEW);
  await newcomer.fill("confirm", NEW);
  await newcomer.page.locator("form[action='/reset/chosen'] button.button").click();
  await newcomer.page.waitForURL("**/reset/done");
  await signsIn(newcomer, { login: "adelem", password: NEW });
  assert.equal(await newcomer.page.locator("nav.areas a[href='/people']").count(), 0, "a user looks after nobody");
  await context.close();
  passwords.adelem = NEW;
}

/** Two windows: what is saved in one is not overwritten from the other; and who signs out in one is out in both. */
async function windows(visitor) {
  const { page } = visitor;
  await signsIn(visitor);
  await opensSheet(visitor, "thomas");
  const second = await page.context().newPage();
  await second.goto(page.url());
  await visitor.fill("telephone", "+33 1 11 11 11 11");
  await page.locator("main button.button").first().click();
  await saved(page);
  await second.locator("#telephone").fill("+33 2 22 22 22 22");
  await second.locator("main button.button").first().click();
  await second.locator(".summary").waitFor();
  assert.equal(await second.locator("#telephone").inputValue(), "+33 1 11 11 11 11", "the newer value is shown");

  await page.locator(".signed-in button").click();
  await page.waitForURL("**/sign-in");
  await second.locator("main button.button").first().click();
  await second.waitForURL("**/sign-in");
  // The way back leads to no page that was for whoever was signed in.
  await page.goBack();
  await page.locator("#identifier").waitFor();
  assert.equal(await page.locator(".signed-in").count(), 0, "the page from before is shown again");
}

const light = { viewport: wide, colorScheme: "light" };
const WALKS = [
  { who: "zoef", name: "own-password", language: "fr", options: { viewport: narrow, colorScheme: "dark" }, way: ownPassword },
  { who: "helenep", name: "manager", language: "fr", options: light, way: manager },
  { who: "claireb", name: "invitation", language: "en", options: light, way: invitation },
  { who: "claireb", name: "windows", language: "fr", options: { viewport: narrow, colorScheme: "dark" }, way: windows },
];

await withBrowser((browser) => Promise.all(WALKS.map((walk) => goes(browser, walk, person(walk.who), {}))));
console.log(JSON.stringify(passwords));
