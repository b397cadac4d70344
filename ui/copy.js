// Copies a text; pages served without encryption have no clipboard, so a text field helps out.
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea");
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  const say = (word) => (button.querySelector("span").textContent = word);
  say(data.label);
  button.onclick = async () => {
    await copy(data.text);
    say("Copied");
    setTimeout(() => say(data.label), 1500);
  };
}
