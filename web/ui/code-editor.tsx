import { useEffect, useEffectEvent, useRef } from 'react';
import css from './code-editor.module.css';
import { createEditor, type EditorHandle, type EditorLanguage, type Mark } from './codemirror.ts';

interface CodeEditorProps {
  label: string;
  value: string;
  language: EditorLanguage;
  /** Shown at their lines. */
  marks: readonly Mark[];
  /** A place to go to; a new object goes there again. */
  goTo?: { line: number; column: number } | null;
  onChange(value: string): void;
}

/**
 * A source editor. It lives in a shadow root, where its styles are constructed sheets that the
 * pages' content security policy allows. Tab leaves it, as it leaves every other field.
 */
export default function CodeEditor(props: CodeEditorProps) {
  const { label, value, language, marks, goTo } = props;
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorHandle | null>(null);
  // What was typed and has not come back as `value` yet: it comes late when keys follow fast, and
  // putting it into the editor then would undo the keys after it.
  const underway = useRef<string[]>([]);
  const onChange = useEffectEvent((typed: string) => {
    underway.current.push(typed);
    props.onChange(typed);
  });
  const firstValue = useEffectEvent(() => value);

  useEffect(() => {
    const host = place.current;
    if (!host) return;
    const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
    const made = createEditor(root, { label, language, value: firstValue(), onChange });
    editor.current = made;
    return () => {
      editor.current = null;
      made.destroy();
    };
  }, [label, language]);

  useEffect(() => {
    const at = underway.current.indexOf(value);
    if (at < 0) editor.current?.setValue(value);
    else underway.current.splice(0, at + 1);
  }, [value]);
  useEffect(() => editor.current?.setMarks(marks), [marks]);
  useEffect(() => {
    if (goTo) editor.current?.goTo(goTo.line, goTo.column);
  }, [goTo]);

  return <div ref={place} className={css.editor} />;
}
