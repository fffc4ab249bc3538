using System.Numerics;
using Atlas.Protocols.Http;
using Atlas.Protocols.Http1;
using CsCheck;

namespace Atlas.Protocols.Tests.Http1;

public sealed class PropertyTests
{
    private static readonly Gen<string> Token =
        Gen.Char["!#$%&'*+-.^`|~0123456789ABCXYZabcxyz_"].Array[1, 20].Select(x => new string(x));

    // Begins with a byte that no standard or protected name begins with, so that no meaning interferes.
    private static readonly Gen<string> Name = Token.Select(x => "q" + x);

    private static readonly Gen<string> Value =
        Gen.Char["\t !\"(),/:;<=>?@[\\]{}azAZ09\x80\xFF"].Array[0, 40].Select(x => new string(x).Trim('\t', ' '));

    private static readonly Gen<(string Name, string Value)[]> Fields = Gen.Select(Name, Value).Array[0, 40];

    private static readonly Gen<string> Path = Gen.OneOf(
        Gen.Char["/abzAZ09-._~!$&'()*+,;=:@"].Select(x => x.ToString()),
        Gen.Int[1, 255].Select(x => $"%{x:X2}")).Array[0, 30].Select(x => "/" + string.Concat(x));

    [Fact]
    public void Request_WrittenAndParsed_IsTheSame() =>
        Gen.Select(Token, Path, Gen.Bool, Path, Fields).Sample((method, path, hasQuery, query, fields) =>
        {
            byte[] buffer = new byte[16384];
            HeadWriter writer = new(buffer);
            writer.RequestLine(Bytes.Of("Q" + method), Bytes.Of(path), hasQuery, Bytes.Of(query));
            writer.Field(KnownHeader.Host, "example.com"u8);
            foreach ((string name, string value) in fields)
            {
                writer.Field(Bytes.Of(name), Bytes.Of(value));
            }

            writer.End();
            RequestHead head = new();
            RequestParser parser = default;

            parser.Parse(buffer.AsSpan(0, writer.Written), head, HttpLimits.Default).ShouldBe(ParseStatus.Done);

            head.Length.ShouldBe(writer.Written);
            Bytes.Text(head.MethodName.Of(buffer)).ShouldBe("Q" + method);
            Bytes.Text(head.Path.Of(buffer)).ShouldBe(path);
            head.HasQuery.ShouldBe(hasQuery);
            Bytes.Text(head.Query.Of(buffer)).ShouldBe(hasQuery ? query : "");
            head.Headers.Fields[1..].ToArray()
                .Select(x => (Bytes.Text(x.Name.Of(buffer)), Bytes.Text(x.Value.Of(buffer)))).ToArray().ShouldBe(fields);
        });

    [Fact]
    public void Response_WrittenAndParsed_IsTheSame() =>
        Gen.Select(Gen.Int[200, 599], Value, Fields).Sample((status, reason, fields) =>
        {
            byte[] buffer = new byte[16384];
            HeadWriter writer = new(buffer);
            writer.StatusLine(status, Bytes.Of(reason));
            foreach ((string name, string value) in fields)
            {
                writer.Field(Bytes.Of(name), Bytes.Of(value));
            }

            writer.End();
            ResponseHead head = new();
            ResponseParser parser = default;

            parser.Parse(buffer.AsSpan(0, writer.Written), head, HttpMethod.Get, HttpLimits.Default).ShouldBe(ParseStatus.Done);

            head.Status.ShouldBe(status);
            Bytes.Text(head.Reason.Of(buffer)).ShouldBe(reason);
            head.Headers.Fields.ToArray()
                .Select(x => (Bytes.Text(x.Name.Of(buffer)), Bytes.Text(x.Value.Of(buffer)))).ToArray().ShouldBe(fields);
        });

    [Fact]
    public void Request_Mutated_NeverThrowsNorLetsControlsThrough() =>
        Mutation(
            "POST http://a:80/b/%41?c HTTP/1.1\r\nHost: a\r\nConnection: close, x\r\nX: \"y\", z\r\n"
            + "Transfer-Encoding: chunked\r\nUpgrade: u\r\nTE: trailers\r\nExpect: 100-continue\r\nX_Y: 1\r\n\r\n")
            .Sample(
                text =>
                {
                    (ParseStatus status, _, RequestHead head) = Requests.Parse(text);
                    if (status == ParseStatus.Done)
                    {
                        CheckFields(Bytes.Of(text), head.Headers);
                        head.Target.Of(Bytes.Of(text)).ContainsAnyInRange((byte)0, (byte)32).ShouldBeFalse();
                    }
                },
                iter: 1000);

    [Fact]
    public void Request_MutatedWithRepairs_IsTheStrictestReadingOrSaysWhatWasRepaired() =>
        Gen.OneOf(
            Mutation("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nX_Y: z\r\nContent-Length: 5\r\n\r\n"),
            Mutation("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"),
            Mutation("GET / HTTP/1.1\nHost: a\nHost: a\nAccept: */*\nX: y\n\n"))
            .Sample(
                text =>
                {
                    byte[] bytes = Bytes.Of(text);
                    var strict = Requests.Parse(text);
                    var repaired = Requests.Parse(text, repairs: RequestRepairs.All);
                    if (strict.Status == ParseStatus.Done || (repaired.Status == ParseStatus.Done && repaired.Head.Repair == RequestRepairs.None))
                    {
                        Requests.Describe(bytes, repaired).ShouldBe(Requests.Describe(bytes, strict));
                    }

                    if (repaired.Status == ParseStatus.Done)
                    {
                        CheckFields(bytes, repaired.Head.Headers);
                        BitOperations.PopCount((uint)repaired.Head.Repair).ShouldBeLessThanOrEqualTo(1);
                    }
                },
                iter: 3000);

    [Fact]
    public void Response_Mutated_NeverThrowsNorLetsControlsThrough() =>
        Mutation("HTTP/1.1 200 OK\r\nConnection: close, x\r\nX: y\r\n\tz\r\nTransfer-Encoding: chunked\r\nX_Y: 1\r\n\r\n")
            .Sample(
                text =>
                {
                    Responses.Result result = Responses.Parse(text);
                    if (result.Status == ParseStatus.Done)
                    {
                        CheckFields(result.Buffer, result.Head.Headers);
                    }
                },
                iter: 1000);

    [Fact]
    public void Chunks_Mutated_NeverThrowAndDoNotDependOnTheSplit() =>
        Mutation("5\r\nhello\r\n6;a=\"b\";c\r\n world\r\n0\r\nA: b\r\n\r\n").Sample(text => Chunks.Decode(text), iter: 1000);

    [Fact]
    public void Chunks_EncodedAndDecoded_AreTheSame() =>
        Gen.Select(Gen.Byte.Array[1, 200].Array[0, 8], Gen.Int[1, 64].Array[1, 200], Gen.Bool).Sample((chunks, steps, inPlace) =>
        {
            byte[] encoded = [.. chunks.SelectMany(Encode), .. ChunkWriter.LastChunk, (byte)'!'];
            List<int> ends = [];
            int end = 0;
            foreach (int step in steps)
            {
                end = Math.Min(end + step, encoded.Length);
                ends.Add(end);
            }

            ends.Add(encoded.Length);

            Chunks.Result result = Chunks.Feed(encoded, [.. ends], inPlace);

            result.Status.ShouldBe(ChunkStatus.Done);
            result.Body.ShouldBe(string.Concat(chunks.Select(x => Bytes.Text(x))));
            result.Rest.ShouldBe("!");
        });

    private static byte[] Encode(byte[] data)
    {
        byte[] reserved = new byte[20];
        int start = ChunkWriter.WriteSizeLineBefore(reserved, data.Length);
        return [.. reserved[start..], .. data, .. ChunkWriter.Crlf];
    }

    // One to four bytes replaced, inserted or removed, mostly by ones that mean something.
    private static Gen<string> Mutation(string text) =>
        Gen.Select(
            Gen.Int[0, 2],
            Gen.Int[0, text.Length - 1],
            Gen.OneOf(Gen.Char["\r\n\0\t :;,=\"%_0aA"], Gen.Char['\0', '\xFF']))
            .Array[1, 4]
            .Select(changes =>
            {
                List<char> mutated = [.. text];
                foreach ((int kind, int position, char value) in changes)
                {
                    int index = Math.Min(position, mutated.Count - 1);
                    switch (kind)
                    {
                        case 0:
                            mutated[index] = value;
                            break;
                        case 1:
                            mutated.Insert(index, value);
                            break;
                        default:
                            mutated.RemoveAt(index);
                            break;
                    }
                }

                return new string([.. mutated]);
            });

    private static void CheckFields(byte[] buffer, HeaderTable headers)
    {
        foreach (HeaderField field in headers.Fields)
        {
            FieldSyntax.IsToken(field.Name.Of(buffer)).ShouldBeTrue();
            FieldSyntax.IsFieldValue(field.Value.Of(buffer)).ShouldBeTrue();
        }
    }
}
