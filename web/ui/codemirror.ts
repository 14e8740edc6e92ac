import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { cpp } from '@codemirror/lang-cpp';
import { javascript } from '@codemirror/lang-javascript';
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import type { Text } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';

export type EditorLanguage = 'c' | 'javascript';

/** Something to say about a place in the source. Lines and columns from 1. */
export interface Mark {
  line: number;
  column: number;
  severity: 'error' | 'warning' | 'info';
  message: string;
}

export interface EditorHandle {
  setValue(value: string): void;
  setMarks(marks: readonly Mark[]): void;
  goTo(line: number, column: number): void;
  destroy(): void;
}

interface EditorOptions {
  label: string;
  language: EditorLanguage;
  value: string;
  onChange(value: string): void;
}

const theme = EditorView.theme({
  '&': { fontSize: '0.9375rem', color: 'var(--ink)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--mono)',
    lineHeight: '1.5',
    minHeight: '14rem',
    maxHeight: '32rem',
  },
  '.cm-gutters': {
    backgroundColor: 'var(--sunken)',
    color: 'var(--ink-soft)',
    border: 'none',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'var(--paper)' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground':
    { backgroundColor: 'color-mix(in oklab, var(--active) 35%, transparent)' },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'color-mix(in oklab, var(--done) 25%, transparent)',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--surface)',
    border: '1px solid var(--line-strong)',
    color: 'var(--ink)',
  },
});

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.modifier, tags.processingInstruction], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.character, tags.regexp], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  { tag: [tags.typeName, tags.className, tags.standard(tags.name)], color: 'var(--code-type)' },
  { tag: [tags.comment, tags.meta], color: 'var(--ink-soft)', fontStyle: 'italic' },
]);

const LANGUAGES = { c: cpp, javascript } as const;

/** An editor in a shadow root. */
export function createEditor(root: ShadowRoot, options: EditorOptions): EditorHandle {
  const view = new EditorView({
    root,
    parent: root,
    doc: options.value,
    extensions: [
      lineNumbers(),
      lintGutter(),
      history(),
      drawSelection(),
      indentOnInput(),
      bracketMatching(),
      highlightActiveLine(),
      keymap.of([...defaultKeymap, ...historyKeymap]),
      LANGUAGES[options.language](),
      syntaxHighlighting(colours),
      theme,
      EditorView.contentAttributes.of({ 'aria-label': options.label, tabindex: '0' }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) options.onChange(update.state.doc.toString());
      }),
    ],
  });
  return {
    setValue(value) {
      const now = view.state.doc.toString();
      if (value !== now) view.dispatch({ changes: { from: 0, to: now.length, insert: value } });
    },
    setMarks(marks) {
      const { doc } = view.state;
      const diagnostics = marks.map(({ line, column, severity, message }) => {
        const from = positionOf(doc, line, column);
        return { from, to: wordEnd(doc, from), severity, message };
      });
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    goTo(line, column) {
      const at = positionOf(view.state.doc, line, column);
      view.dispatch({ selection: { anchor: at }, scrollIntoView: true });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}

/** Offset of a place; one outside the text, as after an edit, becomes the nearest inside. */
function positionOf(doc: Text, line: number, column: number): number {
  const found = doc.line(Math.min(Math.max(1, line), doc.lines));
  return Math.min(found.from + Math.max(0, column - 1), found.to);
}

/** The end of the word at a place, or of one character. */
function wordEnd(doc: Text, from: number): number {
  const line = doc.lineAt(from);
  const word = /^\w+/.exec(line.text.slice(from - line.from))?.[0].length ?? 1;
  return Math.min(line.to, from + word);
}
