using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Atlas.Control.Tls.Reading;

/// <summary>What an OCSP response says of one certificate (RFC 6960 4.2.1). The authority's signature is the clients' to check.</summary>
/// <param name="IsGood">Whether it says that the certificate is good.</param>
/// <param name="ThisUpdate">When that was known.</param>
/// <param name="NextUpdate">Until when it counts; null: newer ones are there at any time.</param>
internal sealed record OcspResponse(bool IsGood, DateTimeOffset ThisUpdate, DateTimeOffset? NextUpdate)
{
    private const string Basic = "1.3.6.1.5.5.7.48.1.1";
    private const string Sha1 = "1.3.14.3.2.26";
    private const string Sha256 = "2.16.840.1.101.3.4.2.1";

    private static readonly Asn1Tag Tag0 = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <summary>Reads a response.</summary>
    /// <param name="der">The file.</param>
    /// <param name="certificate">The certificate that it should be for.</param>
    /// <param name="problem">Why there is none, so that it completes "the file … ".</param>
    public static OcspResponse? Read(byte[] der, X509Certificate2 certificate, out string problem)
    {
        problem = "is no OCSP response in DER: write what the authority answered, as openssl ocsp -respout FILE does";
        try
        {
            var response = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
            var status = response.ReadEnumeratedValue<ResponseStatus>();
            if (status != ResponseStatus.Successful)
            {
                problem = $"has no answer but the error '{status}' of the authority: ask it again";
                return null;
            }

            var bytes = response.ReadSequence(Tag0).ReadSequence();
            if (bytes.ReadObjectIdentifier() != Basic)
            {
                return null;
            }

            var basic = new AsnReader(bytes.ReadOctetString(), AsnEncodingRules.DER).ReadSequence();
            return Find(basic.ReadSequence(), certificate, ref problem);
        }
        catch (Exception e) when (e is AsnContentException or CryptographicException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private static OcspResponse? Find(AsnReader data, X509Certificate2 certificate, ref string problem)
    {
        // The version, where it is not the first, and who answers: a name or a hash of a key.
        if (data.PeekTag().HasSameClassAndValue(Tag0))
        {
            data.ReadEncodedValue();
        }

        data.ReadEncodedValue();
        data.ReadGeneralizedTime();
        var responses = data.ReadSequence();
        while (responses.HasData)
        {
            var single = responses.ReadSequence();
            if (!IsFor(single.ReadSequence(), certificate))
            {
                continue;
            }

            bool isGood = single.PeekTag() is { TagClass: TagClass.ContextSpecific, TagValue: 0 };
            single.ReadEncodedValue();
            var thisUpdate = single.ReadGeneralizedTime();
            bool hasNext = single.HasData && single.PeekTag().HasSameClassAndValue(Tag0);
            return new OcspResponse(isGood, thisUpdate, hasNext ? single.ReadSequence(Tag0).ReadGeneralizedTime() : null);
        }

        problem = "is an OCSP response for another certificate: ask the authority for this one's";
        return null;
    }

    // Only the issuer's name is compared: its key is in a file that need not be there.
    private static bool IsFor(AsnReader id, X509Certificate2 certificate)
    {
        string hash = id.ReadSequence().ReadObjectIdentifier();
        byte[] issuer = id.ReadOctetString();
        id.ReadOctetString();
        BigInteger serial = id.ReadInteger();
        byte[] name = certificate.IssuerName.RawData;
        bool isIssuer = hash switch
        {
            Sha1 => issuer.AsSpan().SequenceEqual(HashSha1(name)),
            Sha256 => issuer.AsSpan().SequenceEqual(SHA256.HashData(name)),
            _ => true,
        };
        return isIssuer && serial == new BigInteger(certificate.SerialNumberBytes.Span, isBigEndian: true);
    }

    // The identifier of RFC 6960 4.1.1 is made with SHA-1 by all authorities; it protects nothing.
#pragma warning disable CA5350
    private static byte[] HashSha1(byte[] name) => SHA1.HashData(name);
#pragma warning restore CA5350

    private enum ResponseStatus
    {
        Successful = 0,
        MalformedRequest = 1,
        InternalError = 2,
        TryLater = 3,
        SigRequired = 5,
        Unauthorized = 6,
    }
}
