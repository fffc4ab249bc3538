using System.Runtime.InteropServices;

namespace Atlas.Core.Routing;

/// <summary>
/// Goes through the values of one header, cookie or query parameter of a request, in the order in which they came.
/// </summary>
/// <remarks>
/// A header's value is a whole field's; lists are not split, because commas stand in dates, cookies and user agents too.
/// A cookie's is what stands between the first <c>=</c> and the next <c>;</c> without whitespace around it, quotes included
/// (RFC 6265 4.2.1 and 5.4). A parameter's, as its name, has <c>+</c> and percent-encoded bytes decoded as HTML forms encode
/// them, and is empty where there is no <c>=</c>.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
internal struct FieldCursor
{
    /// <summary>
    /// Of a name that is repeated so many values are looked at, the first ones, so that a client cannot make looking for a route
    /// slow.
    /// </summary>
    public const int MaxRepeats = 16;

    /// <summary>So many cookies and so many query parameters are looked at, the first ones. Browsers send at most 180 cookies.</summary>
    public const int MaxParts = 256;

    private readonly FieldSource _source;
    private int _header;
    private int _offset;
    private int _parts;
    private int _values;
    private bool _isCutOff;

    /// <summary>A cursor before the first value.</summary>
    public FieldCursor(FieldSource source)
    {
        _source = source;
        _header = -1;
    }

    /// <summary>Goes to the next value.</summary>
    /// <param name="request">The same request each time.</param>
    /// <param name="name">The name; a header's in lower case.</param>
    /// <param name="scratch">Holds the value where it had to be decoded.</param>
    /// <param name="value">The value, lent until the scratch is used again.</param>
    /// <returns>False if there is no more. If there may be, and it is not looked at, <see cref="RouteScratch.CutOff"/> says
    /// so.</returns>
    public bool Next<TRequest>(
        ref TRequest request, scoped ReadOnlySpan<byte> name, RouteScratch scratch, out ReadOnlySpan<byte> value)
        where TRequest : IRouteRequest, allows ref struct
    {
        bool isFound = _source switch
        {
            FieldSource.Header => NextHeader(ref request, name, out value),
            FieldSource.Cookie => NextCookie(ref request, name, out value),
            FieldSource.Query or _ => NextParameter(request.Query, name, scratch, out value),
        };
        if (isFound && ++_values <= MaxRepeats)
        {
            return true;
        }

        if (isFound || _isCutOff)
        {
            scratch.CutOff = RouteMatcher.ConditionOf(_source);
        }

        value = default;
        return false;
    }

    private bool NextHeader<TRequest>(ref TRequest request, scoped ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
        where TRequest : IRouteRequest, allows ref struct
    {
        _header = request.FindHeader(name, _header + 1);
        value = _header < 0 ? default : request.HeaderValue(_header);
        return _header >= 0;
    }

    private bool NextCookie<TRequest>(ref TRequest request, scoped ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
        where TRequest : IRouteRequest, allows ref struct
    {
        if (_header < 0)
        {
            _header = request.FindHeader("cookie"u8, 0);
        }

        while (_header >= 0)
        {
            ReadOnlySpan<byte> field = request.HeaderValue(_header);
            while (NextPart(field, (byte)';', out ReadOnlySpan<byte> part))
            {
                part = part.Trim(" \t"u8);
                if (part.Length > name.Length && part[name.Length] == '=' && part.StartsWith(name))
                {
                    value = part[(name.Length + 1)..].TrimStart(" \t"u8);
                    return true;
                }
            }

            _header = request.FindHeader("cookie"u8, _header + 1);
            _offset = 0;
        }

        value = default;
        return false;
    }

    private bool NextParameter(
        ReadOnlySpan<byte> query, scoped ReadOnlySpan<byte> name, RouteScratch scratch, out ReadOnlySpan<byte> value)
    {
        while (NextPart(query, (byte)'&', out ReadOnlySpan<byte> part))
        {
            int equals = part.IndexOf((byte)'=');
            ReadOnlySpan<byte> partName = equals < 0 ? part : part[..equals];
            if (FormText.Decode(partName, scratch).SequenceEqual(name))
            {
                value = equals < 0 ? default : FormText.Decode(part[(equals + 1)..], scratch);
                return true;
            }
        }

        value = default;
        return false;
    }

    // Cuts the next part out of a list; false at its end or after too many parts.
    private bool NextPart(ReadOnlySpan<byte> list, byte separator, out ReadOnlySpan<byte> part)
    {
        part = default;
        _isCutOff |= _offset < list.Length && _parts == MaxParts;
        if (_offset >= list.Length || _isCutOff)
        {
            return false;
        }

        list = list[_offset..];
        int end = list.IndexOf(separator);
        part = end < 0 ? list : list[..end];
        _offset += part.Length + 1;
        _parts++;
        return true;
    }
}
