// A real browser goes the ways that people go, from the forgotten password to the new one: with the mouse and with the
// keyboard alone, wide and narrow, light and dark, with scripts and without, in French and in English. On every page axe
// looks for what keeps people out, and nothing may stick out at the side.
//
//     node journey.mjs < {"url", "mails", "people": [{"login", "mail", "password"}, ...], "shots"}
//
// It prints a line of JSON with the passwords that are in force at the end; whoever started it binds with them.

import assert from "node:assert/strict";
import { PATIENCE, given, goes, narrow, wide, withBrowser } from "./visitor.mjs";

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

// Each goes as somebody else, so that none gets another's mail.
const WALKS = [
  { name: "fr-wide-light", language: "fr", options: { viewport: wide, colorScheme: "light" }, way: generated },
  { name: "en-narrow-dark", language: "en", options: { viewport: narrow, colorScheme: "dark" }, way: chosen },
  { name: "fr-narrow-light-noscript", language: "fr", options: { viewport: narrow, colorScheme: "light", javaScriptEnabled: false }, way: generated },
  { name: "en-wide-dark-keyboard", language: "en", options: { viewport: wide, colorScheme: "dark" }, keyboard: true, way: chosen },
  { name: "fr-narrow-dark-notme", language: "fr", options: { viewport: narrow, colorScheme: "dark", reducedMotion: "reduce" }, way: notMe },
];

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

const passwords = {};
await withBrowser(async (browser) => {
  await Promise.all(WALKS.map(async (walk, index) => {
    const person = given.people[index];
    passwords[person.login] = await goes(browser, walk, person, WORDS[walk.language]);
  }));
});
console.log(JSON.stringify(passwords));
