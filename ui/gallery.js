// Sample pictures as buttons: one click, or Enter, chooses one.
export default function ({ data, parentElement, setTriggerValue }) {
  const grid = parentElement.querySelector(".gallery");
  grid.classList.toggle("row", data.chosen !== null);
  grid.replaceChildren(
    ...data.samples.map(({ name, title, picture }) => {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-label", `Sample: ${title}`);
      button.setAttribute("aria-pressed", String(name === data.chosen));
      const image = document.createElement("img");
      image.src = picture;
      image.alt = "";
      const caption = document.createElement("span");
      caption.textContent = title;
      button.append(image, caption);
      button.addEventListener("click", () => setTriggerValue("picked", name));
      return button;
    }),
  );
  const chosen = grid.querySelector("[aria-pressed=true]");
  if (chosen) grid.scrollLeft = chosen.offsetLeft - (grid.clientWidth - chosen.offsetWidth) / 2;
}
