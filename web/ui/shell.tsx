import type { ReactNode } from 'react';
import { Link, useRoute } from 'wouter';
import { common } from '../text/en/common.ts';
import { classes } from './classes.ts';
import { Mark } from './mark.tsx';
import css from './shell.module.css';
import { ThemeSwitch } from './theme-switch.tsx';

interface ShellProps {
  /** Shown beside the navigation on every page while this tab computes. */
  indicator: ReactNode;
  computing: boolean;
  children: ReactNode;
}

/** What every page has around it: skip link, name, navigation, footer. */
export function Shell({ indicator, computing, children }: ShellProps) {
  return (
    <div className={css.shell}>
      <a className={css.skip} href="#main">
        {common.skip}
      </a>
      <header className={css.header}>
        <Link href="/" className={css.name}>
          <Mark lively={computing} />
          {common.name}
        </Link>
        <nav className={css.nav} aria-label={common.navigation}>
          <NavLink href="/">{common.contribute}</NavLink>
          <NavLink href="/request" pattern={REQUEST_PAGES}>
            {common.request}
          </NavLink>
        </nav>
        <div className={css.indicator}>{indicator}</div>
      </header>
      <main id="main" className={css.main} tabIndex={-1}>
        {children}
      </main>
      <footer className={css.footer}>
        <p className={css.motto}>{common.motto}</p>
        <div className={css.links}>
          <Link href="/operate">{common.operate}</Link>
          <a href="/v1/openapi.json">{common.apiDocument}</a>
          <ThemeSwitch />
        </div>
      </footer>
    </div>
  );
}

/** A job's own page belongs to the requesters' pages. */
const REQUEST_PAGES = /^\/(request|jobs)(\/.*)?$/;

function NavLink(props: { href: string; pattern?: RegExp; children: string }) {
  const [here] = useRoute(props.pattern ?? props.href);
  return (
    <Link
      href={props.href}
      className={classes(css.navLink, here && css.here)}
      aria-current={here ? 'page' : undefined}
    >
      {props.children}
    </Link>
  );
}
