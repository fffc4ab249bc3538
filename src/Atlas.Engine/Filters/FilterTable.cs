namespace Atlas.Engine.Filters;

/// <summary>A table of nf_tables.</summary>
/// <param name="Family">NFPROTO_: which packets its chains may see. Tables of two families may have one name.</param>
/// <param name="Name">Its name.</param>
internal readonly record struct FilterTable(int Family, string Name);
