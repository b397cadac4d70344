// Sample pictures as buttons: one click, or Enter, chooses one, and the focus stays on it.
let picked = null; // the grid may be drawn anew elsewhere on the page

function buttons(samples, pick) {
  return samples.map(({ name, title, picture }) => {
    const button = document.createElement("button");
    button.type = "button";
    button.name = name;
    button.setAttribute("aria-label", `Sample: ${title}`);
    const image = document.createElement("img");
    image.src = picture;
    image.alt = "";
    const caption = document.createElement("span");
    caption.textContent = title;
    button.append(image, caption);
    button.addEventListener("click", () => pick(name));
    return button;
  });
}

export default function ({ data, parentElement, setTriggerValue }) {
  const grid = parentElement.querySelector(".gallery");
  grid.classList.toggle("row", data.chosen !== null);
  const pick = (name) => {
    picked = name;
    setTriggerValue("picked", name);
  };
  // A button that was drawn anew would have lost the focus.
  if (grid.childElementCount !== data.samples.length) {
    grid.replaceChildren(...buttons(data.samples, pick));
  }
  for (const button of grid.children) {
    button.setAttribute("aria-pressed", String(button.name === data.chosen));
  }
  const chosen = grid.querySelector("[aria-pressed=true]");
  if (!chosen || picked !== data.chosen) return;
  picked = null;
  grid.scrollLeft = chosen.offsetLeft - (grid.clientWidth - chosen.offsetWidth) / 2;
  chosen.focus();
}
