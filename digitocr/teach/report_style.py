"""How the report on a data set looks, and how it saves what somebody has put right in it."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto 5rem;
  padding: 0 1rem; }
article { display: flex; flex-wrap: wrap; gap: 1rem; padding: .75rem 0;
  border-top: 1px solid #8885; align-items: center; }
article.changed { background: #1f7a7022; }
img { max-width: 100%; border-radius: .25rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 0; } p { margin: .25rem 0; }
b, td, input { font-variant-numeric: tabular-nums; } input { font: inherit; }
.wide { overflow-x: auto; } table { border-collapse: collapse; margin: 1rem 0; }
td, th { padding: .15rem .6rem; text-align: right; border-bottom: 1px solid #8885; }
footer { position: fixed; inset: auto 0 0 0; padding: .75rem 1rem; background: Canvas;
  border-top: 1px solid #8885; } button { font: inherit; padding: .3rem 1rem; }
"""

# A picture may stand in two sections: what was changed last counts.
SCRIPT = """
const corrections = new Map();
for (const article of document.querySelectorAll("article[data-file]")) {
  const [label, right] = article.querySelectorAll("input");
  const changed = () => {
    const is = label.value !== label.defaultValue || right.checked;
    article.classList.toggle("changed", is);
    if (is) corrections.set(article.dataset.file, label.value);
    else corrections.delete(article.dataset.file);
  };
  label.addEventListener("input", changed);
  right.addEventListener("change", changed);
}
document.getElementById("save").addEventListener("click", () => {
  const rows = [...corrections].map(([file, label]) =>
    `${file},"${label.replaceAll('"', '""')}"\\n`);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["file,label\\n", ...rows], {type: "text/csv"}));
  link.download = "corrections.csv";
  link.click();
});
"""
