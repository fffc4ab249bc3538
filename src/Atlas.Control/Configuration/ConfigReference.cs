using System.Text;
using Atlas.Control.Configuration.Keys;
using Atlas.Control.Configuration.Sections;

namespace Atlas.Control.Configuration;

/// <summary>The reference page of the configuration, made from the tables that the loader reads by.</summary>
internal static class ConfigReference
{
    private const string Introduction = """
        # Configuration

        One YAML file. `atlas check -c FILE` validates it and prints every error with file, line and column; `atlas run -c FILE`
        runs it. [atlas.reference.yaml](atlas.reference.yaml) shows every section in use, [examples](../examples) has smaller
        files, and [atlas.schema.json](atlas.schema.json), which `atlas schema` prints, lets editors complete and check.

        Unknown keys are errors, and so are keys that are written twice. A name refers to a key of the map that it names:
        `pool: web` to `pools.web`.

        The language is ahead of the program: keys that this version does not run yet are validated all the same. `atlas check`
        names each that a file has, `atlas run` refuses it, and CHANGELOG.md lists them under "Not yet". Their defaults do not
        act before they run.

        ## Values

        | | |
        |---|---|
        | duration | a whole number and one of `ms`, `s`, `m`, `h`, `d`: `250ms`, `5s`, `2m`, `1h`, `30d` |
        | size | a whole number and one of `B`, `KiB`, `MiB`, `GiB`, `TiB`: `16KiB`, `1MiB` |
        | share | a number and a percent sign: `50%`, `0.5%` |
        | rate | a whole number and `/s`, `/m` or `/h`: `100/s` |
        | address | `HOST:PORT`, `[IPv6]:PORT` or `unix:/PATH` |
        | network | `10.0.0.0/8`, `2001:db8::/32`, or one address; bits after the prefix are 0 |
        | truth | `true` or `false`; `yes`, `no`, `on` and `off` are texts |
        | number | decimal, without a sign and without zeros in front |
        | text | anything; quotes are needed where YAML wants them, as before `*`, `!`, `&`, `%`, `@`, and around `: ` and ` #` |

        Anchors and aliases work; tags, merge keys (`<<`) and second documents are refused. A file has at most 1 MiB of UTF-8.

        """;

    /// <summary>The page, in Markdown.</summary>
    public static string Write()
    {
        var page = new StringBuilder(Introduction.ReplaceLineEndings("\n"));
        foreach (var section in RootSection.All)
        {
            page.Append("\n## ").Append(Title(section)).Append("\n\n").Append(section.Doc).Append("\n\n");
            page.Append("| key | value | default | |\n|---|---|---|---|\n");
            foreach (var key in section.KeyList)
            {
                page.Append("| `").Append(key.Name).Append("` | ").Append(Cell(key.ValueKind.Reference)).Append(" | ")
                    .Append(key.DefaultText is null ? "**required**" : Cell(key.DefaultText)).Append(" | ").Append(Cell(key.Doc)).Append(" |\n");
            }
        }

        return page.ToString();
    }

    /// <summary>The part of a link after the <c>#</c> that leads to a section, as GitHub makes it from the heading.</summary>
    public static string Anchor(ISection section) => string.Concat(
        Title(section).ToLowerInvariant().Where(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '-' or '_').Select(c => c == ' ' ? '-' : c));

    private static string Title(ISection section) => section.Path.Length == 0 ? "The file" : section.Path;

    // Signs are escaped outside of code only, and bars everywhere, because they end cells.
    private static string Cell(string text) => string.Join('`', text.Split('`').Select((part, index) => index % 2 == 1 ? part : Plain(part)))
        .Replace("|", "\\|", StringComparison.Ordinal);

    private static string Plain(string text) =>
        text.Replace("*", "\\*", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal);
}
