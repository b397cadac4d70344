// Tells Python how wide the page is, for a widget whose width is fixed in px.
const rulers = new WeakSet();

export default ({ parentElement, setStateValue }) => {
  const line = parentElement.querySelector(".ruler");
  if (!line || rulers.has(line)) return;
  rulers.add(line);
  let told = 0;
  new ResizeObserver(() => {
    const width = Math.floor(line.clientWidth);
    if (!width || width === told) return;
    told = width;
    setStateValue("width", width);
  }).observe(line);
};
