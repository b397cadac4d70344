// A table whose rows open, by a click, or by Enter on the one that the arrow keys have reached.
const shown = new WeakMap();

function head({ name, kind, sorted }, sort) {
  const cell = document.createElement("th");
  cell.className = kind;
  cell.scope = "col";
  if (sorted === null) {
    cell.textContent = name;
    return cell;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = name;
  button.addEventListener("click", () => sort(name));
  cell.ariaSort = { up: "ascending", down: "descending" }[sorted] ?? "none";
  cell.append(button);
  return cell;
}

function body({ name, kind }, content) {
  const cell = document.createElement("td");
  cell.className = kind;
  if (!content) return cell;
  if (kind === "picture") {
    const image = document.createElement("img");
    image.src = content;
    image.alt = "";
    cell.append(image);
    return cell;
  }
  cell.dataset.name = name;
  const text = document.createElement("span");
  text.title = content;
  // What is in doubt has its colour.
  for (const part of kind === "number" ? content.split(/(\?+)/) : [content]) {
    const piece = document.createElement(part.startsWith("?") ? "b" : "span");
    piece.textContent = part;
    text.append(piece);
  }
  cell.append(text);
  return cell;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector("table");
  const told = JSON.stringify(data);
  if (shown.get(table) === told) return; // another would lose the keyboard's place
  shown.set(table, told);
  const top = document.createElement("tr");
  top.append(...data.columns.map((one) => head(one, (name) => setTriggerValue("sorted", name))));
  const rows = data.rows.map(({ number, cells }) => {
    const row = document.createElement("tr");
    row.tabIndex = -1;
    row.append(...data.columns.map((one, place) => body(one, cells[place])));
    const open = () => setTriggerValue("opened", number);
    row.addEventListener("click", () => String(getSelection()) || open());
    row.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const next = step && rows[rows.indexOf(row) + step];
      if (next) next.focus();
      else if (event.key === "Enter" || event.key === " ") open();
      if (step || event.key === "Enter" || event.key === " ") event.preventDefault();
    });
    row.addEventListener("focus", () => rows.forEach((one) => (one.tabIndex = one === row ? 0 : -1)));
    return row;
  });
  if (rows.length) rows[0].tabIndex = 0;
  const [header, content] = ["thead", "tbody"].map((name) => document.createElement(name));
  header.append(top);
  content.append(...rows);
  table.replaceChildren(header, content);
}
