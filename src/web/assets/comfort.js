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
