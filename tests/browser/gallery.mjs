// Every page that somebody can get to, in both languages and themes, at three widths: whoever signs in follows every link
// that they are shown, once for each kind of page. On each, axe looks for what keeps people out, and nothing may stick out
// at the side. With "shots", pictures of all of it are kept, to be looked at.
//
//     node gallery.mjs < {"url", "people": [{"login", "password", "role"}, ...], "only", "shots"}
//
// With "only", just these pages are looked at, by those who sign in.
//
// It prints a line of JSON with the kinds of pages that each role has seen.

import assert from "node:assert/strict";
import { given, goes, signsIn, withBrowser } from "./visitor.mjs";

const LANGUAGES = ["fr", "en"];
const THEMES = ["light", "dark"];
const WIDTHS = [320, 768, 1280];

/** What kind of page an address is of: what stands for one of many is left out. */
function kind(address) {
  const { pathname, searchParams } = new URL(address, given.url);
  const named = pathname.replaceAll(/[0-9a-f]{16,}/g, "ID");
  const asked = [...searchParams.keys()].sort().join("-");
  return asked ? `${named}?${asked}` : named;
}

/** Where the links of the page lead that are pages of this site, its language and the link to its file apart. */
async function links(page) {
  const found = await page.locator("a[href]").evaluateAll((all) => all.filter((link) => !link.hash && !link.href.includes(".csv")).map((link) => link.href));
  return found.filter((address) => address.startsWith(given.url) && !new URL(address).pathname.startsWith("/language"));
}

/** Looks at the page that is shown from all sides; axe's rules know no width, but what is shown may depend on it. */
async function look(visitor, name) {
  const { page } = visitor;
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await visitor.fits();
      if ((width === 320) === (theme === "dark") && width !== 768) await visitor.isAccessible();
      if (given.shots) await page.screenshot({ path: `${given.shots}/${name}-${visitor.walk.language}-${theme}-${width}.png`, fullPage: true });
    }
  }
}

/** Follows every link from `start` on; gives the kinds of pages that there were. */
async function follow(visitor, start) {
  const seen = new Set();
  const waiting = start.map((path) => new URL(path, given.url).href);
  while (waiting.length > 0) {
    const address = waiting.shift();
    if (seen.has(kind(address))) continue;
    seen.add(kind(address));
    const status = await visitor.open(address);
    if (status !== 200) {
      dead.push(`${visitor.person.role}: ${address}: ${status}`);
      continue;
    }
    await look(visitor, `${visitor.person.role}${kind(visitor.page.url()).replaceAll(/[/?]/g, "_")}`);
    if (!given.only) waiting.push(...await links(visitor.page));
  }
  return [...seen].sort();
}

/** An application's secret is on no page that a link leads to; what administrators do fills the audit besides. */
async function addsAnApplication(visitor) {
  await visitor.open("/applications/new");
  await visitor.fill("name", `paperless-${visitor.walk.language}`);
  await visitor.fill("description", "Documents");
  await visitor.fill("limited_to", "staff");
  await visitor.fill("own_password", visitor.person.password);
  await visitor.page.locator("main form button.button").click();
  await visitor.page.locator(".told code").waitFor();
  await look(visitor, "administrator_applications_new_secret");
}

async function signedIn(visitor) {
  await signsIn(visitor);
  if (visitor.person.role === "administrator" && !given.only) await addsAnApplication(visitor);
  return follow(visitor, given.only ?? ["/account"]);
}

const seen = {};
const dead = [];
await withBrowser(async (browser) => {
  for (const language of LANGUAGES) {
    const walk = { name: language, language, options: {} };
    const strangers = given.only ? [] : [{ role: "anybody" }];
    await Promise.all([
      ...strangers.map((stranger) => goes(browser, { ...walk, way: (visitor) => follow(visitor, ["/sign-in"]) }, stranger, {})),
      ...given.people.map(async (person) => { seen[person.role] = await goes(browser, { ...walk, way: signedIn }, person, {}); }),
    ]);
  }
});
assert.deepEqual(dead, [], "links that lead nowhere");
console.log(JSON.stringify(seen));
