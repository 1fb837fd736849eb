extension AlignmentPage {
    /// The page's style sheet.
    static let style = layout + colours(.light) + "@media (prefers-color-scheme: dark) {\n" + dark + colours(.dark) + "}\n"

    private static let layout = """
        :root {
          --paper: #fbfaf7; --card: #ffffff; --ink: #23212a; --faint: #77737f; --line: #e4e0d8; --accent: #8e2350;
          color-scheme: light dark;
        }
        * { box-sizing: border-box; }
        body {
          margin: 0 auto; padding: 2.5rem 1.5rem 4rem; max-width: 76rem; background: var(--paper); color: var(--ink);
          font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans Arabic", "Noto Sans CJK SC", sans-serif;
        }
        h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; letter-spacing: -0.01em; }
        header > p { margin: 0.35rem 0 0; color: var(--faint); }
        .legend { display: flex; flex-wrap: wrap; align-items: center; gap: 0.5rem 1.5rem; margin: 1.25rem 0 1.75rem; }
        .legend p { margin: 0; flex: 1 1 24rem; color: var(--faint); font-size: 0.875rem; }
        .scale { display: flex; align-items: center; gap: 0.5rem; direction: ltr; font-size: 0.8rem; color: var(--faint); }
        .scale i { width: 11rem; height: 0.8rem; border-radius: 0.4rem; background: var(--ramp); box-shadow: inset 0 0 0 1px var(--line); }
        #numbers { position: absolute; opacity: 0; }
        label {
          padding: 0.3rem 0.8rem; border: 1px solid var(--line); border-radius: 2rem; font-size: 0.875rem; cursor: pointer;
          background: var(--card);
        }
        #numbers:checked ~ header label { background: var(--accent); border-color: var(--accent); color: var(--paper); }
        #numbers:focus-visible ~ header label, .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        main { display: flex; flex-wrap: wrap; gap: 1.25rem; }
        figure {
          flex: 1 1 auto; min-width: min(100%, 20rem); max-width: 100%; margin: 0; padding: 1.25rem 1.5rem 1.5rem; background: var(--card);
          border: 1px solid var(--line); border-radius: 0.9rem;
        }
        figcaption {
          display: grid; grid-template-columns: auto 1fr; justify-items: start; gap: 0.1rem 0.9rem; width: 0; min-width: 100%; margin-bottom: 1rem;
        }
        .number {
          grid-row: span 2; width: 1.75rem; height: 1.75rem; border-radius: 50%; background: var(--paper); border: 1px solid var(--line);
          color: var(--faint); font-size: 0.8rem; line-height: 1.65rem; text-align: center;
        }
        .source, .target { overflow-wrap: anywhere; unicode-bidi: isolate; }
        .source { color: var(--faint); }
        .target { grid-column: 2; font-weight: 600; }
        .scroll { position: relative; overflow: auto; max-height: 85vh; padding-bottom: 0.25rem; }
        table { border-collapse: separate; border-spacing: 2px; font-size: 0.9rem; }
        th { font-weight: 500; white-space: nowrap; background: var(--card); }
        thead td, thead th { position: sticky; top: 0; z-index: 1; background: var(--card); }
        thead td { inset-inline-start: 0; z-index: 3; }
        thead th { padding: 0 0 0.35rem; vertical-align: bottom; text-align: center; line-height: 1.3; }
        tbody th {
          position: sticky; inset-inline-start: 0; z-index: 1; padding: 0; padding-inline-end: 0.6rem; text-align: end; line-height: 1.9rem;
        }
        th i { font-style: normal; color: var(--faint); }
        thead bdi { display: inline-block; }
        .turned thead bdi { writing-mode: vertical-rl; }
        .turned thead bdi.up { transform: rotate(180deg); }
        .turned thead bdi.upright { text-orientation: upright; letter-spacing: 0.05em; }
        tbody td { width: 1.9rem; min-width: 1.9rem; height: 1.9rem; padding: 0; border-radius: 4px; text-align: center; }
        tbody td span {
          position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap;
          font-size: 0.68rem; font-variant-numeric: tabular-nums; direction: ltr;
        }
        #numbers:checked ~ main tbody td span {
          position: static; display: block; width: auto; height: 1.9rem; line-height: 1.9rem; clip-path: none;
        }
        #numbers:checked ~ main tbody td.w0 span { opacity: 0.3; }
        tbody td:hover { outline: 2px solid var(--ink); outline-offset: 1px; }
        tbody tr:hover th { color: var(--accent); }
        td.broken { background: repeating-linear-gradient(45deg, var(--line) 0 3px, transparent 3px 6px); }
        @media print {
          body { padding: 0; } main { display: block; } figure { break-inside: avoid; } * { print-color-adjust: exact; }
          .scroll { max-height: none; } label { display: none; }
        }

        """

    private static let dark = """
        :root { --paper: #15161b; --card: #1b1c22; --ink: #ecebf0; --faint: #9d9aa7; --line: #31323c; --accent: #f5935a; }

        """

    /// One rule for each step of the ramp, with the text colour that reads on it.
    private static func colours(_ ramp: ColourRamp) -> String {
        let steps = Array(0...ColourRamp.steps)
        let stops = steps.filter { $0 % 5 == 0 }.map { ramp.colour(step: $0) }.joined(separator: ", ")
        let rules = steps.map { step in
            ".w\(step) { background: \(ramp.colour(step: step)); color: \(ramp.wantsWhiteText(step: step) ? "#ffffff" : "#000000"); }\n"
        }
        return ":root { --ramp: linear-gradient(to right, \(stops)); }\n" + rules.joined()
    }
}
