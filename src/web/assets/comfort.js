"use strict";
// Comfort only: every page works without. A button beside each password field that shows what was typed.
for (const field of document.querySelectorAll("input[type=password][data-show]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "show";
  const set = (shown) => {
    field.type = shown ? "text" : "password";
    button.textContent = shown ? field.dataset.hide : field.dataset.show;
  };
  button.setAttribute("aria-controls", field.id);
  button.setAttribute("aria-describedby", field.id + "-label");
  button.addEventListener("click", () => set(field.type === "password"));
  // Browsers offer to keep what is sent from a password field only.
  field.form.addEventListener("submit", () => set(false));
  set(false);
  field.after(button);
}
// What the server says of a new password while it is typed, once the typing pauses.
for (const form of document.querySelectorAll("form[data-strength]")) {
  const field = form.querySelector("input[autocomplete=new-password]");
  const said = document.createElement("p");
  said.className = "strength";
  said.setAttribute("aria-live", "polite");
  // Below both fields where the same password stands beside it once more.
  (field.closest(".pair") ?? field.closest(".field").lastElementChild).after(said);
  let waiting, asked = 0;
  const say = (text, good) => {
    said.textContent = text;
    said.classList.toggle("good", good);
  };
  const ask = async () => {
    const number = ++asked;
    const body = new URLSearchParams({ csrf: form.elements.csrf.value, new: field.value });
    // What the password of somebody new must not be made of.
    for (const name of ["login", "first_name", "surname", "mail"]) if (form.elements[name]) body.set(name, form.elements[name].value);
    // Whose session has ended is led elsewhere, and that page says nothing of passwords.
    const answer = await fetch(form.dataset.strength, { method: "POST", body, redirect: "error" }).catch(() => null);
    const [good, text = ""] = answer && answer.ok ? (await answer.text()).split("\n") : [];
    // What was typed meanwhile is asked for next.
    if (number === asked) say(text, good === "good");
  };
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    asked++;
    if (field.value) waiting = setTimeout(ask, 500);
    else say("", false);
  });
}
