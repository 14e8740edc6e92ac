export default function RequestArea() {
  return <p>…</p>;
}
