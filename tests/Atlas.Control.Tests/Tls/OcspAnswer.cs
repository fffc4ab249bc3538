using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Atlas.Control.Tests.Tls;

/// <summary>An OCSP response, but for a signature that anybody would believe.</summary>
internal static class OcspAnswer
{
    /// <summary>A response about one certificate.</summary>
    /// <param name="about">The certificate.</param>
    /// <param name="thisUpdate">When it was made.</param>
    /// <param name="nextUpdate">Until when it counts.</param>
    /// <param name="certStatus">0 good, 1 revoked, 2 unknown.</param>
    /// <param name="hash">What the issuer's name is hashed with.</param>
    public static byte[] Make(
        IssuedCertificate about, DateTimeOffset thisUpdate, DateTimeOffset? nextUpdate, int certStatus = 0, string hash = "1.3.14.3.2.26")
    {
        var basic = new AsnWriter(AsnEncodingRules.DER);
        using (basic.PushSequence())
        {
            using (basic.PushSequence())
            {
                using (basic.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 2)))
                {
                    basic.WriteOctetString(new byte[20]);
                }

                basic.WriteGeneralizedTime(thisUpdate, omitFractionalSeconds: true);
                using (basic.PushSequence())
                {
                    WriteSingle(basic, about, thisUpdate, nextUpdate, certStatus, hash);
                }
            }

            using (basic.PushSequence())
            {
                basic.WriteObjectIdentifier("1.2.840.10045.4.3.2");
            }

            basic.WriteBitString(new byte[8]);
        }

        return Wrap(0, basic.Encode());
    }

    /// <summary>The outer structure.</summary>
    public static byte[] Wrap(int status, byte[]? basic)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEnumeratedValue((Status)status);
            if (basic is not null)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier("1.3.6.1.5.5.7.48.1.1");
                    writer.WriteOctetString(basic);
                }
            }
        }

        return writer.Encode();
    }

    private static void WriteSingle(
        AsnWriter writer, IssuedCertificate about, DateTimeOffset thisUpdate, DateTimeOffset? nextUpdate, int certStatus, string hash)
    {
        byte[] issuer = about.Certificate.IssuerName.RawData;
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(hash);
                    writer.WriteNull();
                }

                writer.WriteOctetString(hash == "1.3.14.3.2.26" ? SHA1.HashData(issuer) : SHA256.HashData(issuer));
                writer.WriteOctetString(new byte[20]);
                writer.WriteInteger(about.Certificate.SerialNumberBytes.Span);
            }

            if (certStatus == 1)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
                {
                    writer.WriteGeneralizedTime(thisUpdate, omitFractionalSeconds: true);
                }
            }
            else
            {
                writer.WriteNull(new Asn1Tag(TagClass.ContextSpecific, certStatus));
            }

            writer.WriteGeneralizedTime(thisUpdate, omitFractionalSeconds: true);
            if (nextUpdate is { } next)
            {
                using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
                {
                    writer.WriteGeneralizedTime(next, omitFractionalSeconds: true);
                }
            }
        }
    }

    private enum Status
    {
        Successful,
    }
}
