// A session that ends by itself, in two parts: somebody signs in and leaves; when they come back, it is over, and signing in
// leads to the page that they asked for. Time passes in between, at the hands of whoever starts this.
//
//     node expiry.mjs < {"url", "people": [{"login", "password"}], "browser": "a file that keeps the cookies"}

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { given, goes, signsIn, withBrowser } from "./visitor.mjs";

const OWN = "/account/password";

async function leaves(visitor) {
  await signsIn(visitor);
  assert.equal(await visitor.open(OWN), 200);
  await visitor.page.context().storageState({ path: given.browser });
}

async function comesBack(visitor) {
  const { page } = visitor;
  await visitor.open(OWN);
  await page.locator("#identifier").waitFor();
  assert.equal(await page.locator(".signed-in").count(), 0, "the session lasts for ever");
  await visitor.fill("identifier", visitor.person.login);
  await visitor.fill("password", visitor.person.password);
  await page.locator("main button.button").click();
  await page.locator("#old").waitFor();
}

const before = existsSync(given.browser);
const options = before ? { storageState: given.browser } : {};
const walk = { name: "expiry", language: "en", options, way: before ? comesBack : leaves };
await withBrowser((browser) => goes(browser, walk, given.people[0], {}));
console.log(JSON.stringify({ "came back": before }));
