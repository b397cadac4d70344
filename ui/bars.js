// A tile and the probabilities beside it. The bars stay the same ones from run to run, so that the
// browser moves them where a stroke changed something.
export default function ({ data, parentElement }) {
  const [image, caption] = parentElement.querySelectorAll("img, figcaption");
  const list = parentElement.querySelector(".bars");
  if (!data.picture) image.removeAttribute("src");
  else if (image.src !== data.picture) image.src = data.picture;
  caption.textContent = data.caption;
  while (list.children.length > data.shares.length) list.lastChild.remove();
  while (list.children.length < data.shares.length) {
    const row = document.createElement("div");
    row.setAttribute("role", "listitem");
    row.append(...["b", "i", "span"].map((name) => document.createElement(name)));
    list.append(row);
  }
  data.shares.forEach(({ name, share, words, best }, at) => {
    const row = list.children[at];
    const [label, bar, told] = row.children;
    label.textContent = name;
    told.textContent = words;
    row.classList.toggle("best", best);
    bar.style.setProperty("--share", share);
  });
}
