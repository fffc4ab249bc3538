using Atlas.Control.Configuration.Keys;
using Atlas.Core.Configuration;

namespace Atlas.Control.Configuration.Kinds;

/// <summary>Puts kinds together.</summary>
internal static class Kind
{
    /// <summary>A list, also where only one element is written.</summary>
    public static ListKind<T> OneOrMore<T>(ValueKind<T> element, int max) => new(element, 1, max, orOne: true);

    /// <summary>A list, also an empty one, also where only one element is written.</summary>
    public static ListKind<T> AnyNumber<T>(ValueKind<T> element, int max) => new(element, 0, max, orOne: true);

    /// <summary>A list of sections or other values that cannot stand alone.</summary>
    public static ListKind<T> ListOf<T>(ValueKind<T> element, int min, int max) => new(element, min, max, orOne: false);

    /// <summary>A section that has its defaults where it is not written.</summary>
    public static SectionKind<T> Map<T>(Section<T> section)
        where T : ConfigSection, new() => new(section);

    /// <summary>A section that is null where it is not written.</summary>
    /// <param name="section">Its keys.</param>
    /// <param name="absent">What the reference page calls null.</param>
    public static OptionalKind<T> OptionalMap<T>(Section<T> section, string absent = "absent")
        where T : ConfigSection, new() => new(new SectionKind<T>(section), absent);

    /// <summary>A text that is null where it is not written.</summary>
    public static OptionalKind<string> Optional(ValueKind<string> inner, string absent = "absent") => new(inner, absent);

    /// <summary>A number, or a word that stands for null.</summary>
    public static OrWordKind<int?> OrWord(string word, ValueKind<int> inner) =>
        new(word, value => value is null, null, new MappedKind<int, int?>(inner, value => value, value => value ?? 0));

    /// <summary>A large number, or a word that stands for null.</summary>
    public static OrWordKind<long?> OrWord(string word, ValueKind<long> inner) =>
        new(word, value => value is null, null, new MappedKind<long, long?>(inner, value => value, value => value ?? 0));

    /// <summary>A value, or a word that stands for null.</summary>
    public static OrWordKind<T?> OrWord<T>(string word, ValueKind<T> inner)
        where T : class => new(word, value => value is null, null, new OptionalKind<T>(inner, word));

    /// <summary>The name of a section that stands elsewhere in the file.</summary>
    /// <param name="noun">What it names.</param>
    public static ScalarKind<string> NameOf(string noun) =>
        Texts.Make(
            $"the name of a {noun}",
            text => text.Length is > 0 and <= 256,
            Schema.Text(null),
            (new string('x', 256), true),
            (new string('x', 257), false));
}
