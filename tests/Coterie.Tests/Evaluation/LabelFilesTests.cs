using Coterie.Evaluation;

namespace Coterie.Tests.Evaluation;

public sealed class LabelFilesTests : IDisposable
{
    readonly string directory = Directory.CreateTempSubdirectory("coterie-labels-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    string Write(string text, string name = "labels.csv")
    {
        var path = Path.Combine(directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    [Theory]
    [InlineData("customer_id,persona\nc1,loyal\nc2,lapsing\n")]
    [InlineData("persona,customer_id\nloyal,c1\nlapsing,c2")]
    [InlineData("customer_id;segment\r\nc1;loyal\r\nc2;lapsing\r\n")]
    [InlineData("customer_id\tcluster\nc1\tloyal\n\nc2\tlapsing\n")]
    [InlineData("\uFEFFcustomer_id,label\n\"c1\",\"loyal\"\n \"c2\" , lapsing \n")]
    [InlineData("customer_id,segment,size,name\nc1,loyal,3,x\nc2,lapsing,4,y\n")]
    [InlineData("c1,loyal\nc2,lapsing\n")]
    public void TwoColumns_AreReadAsIdsAndLabels(string text)
    {
        var file = LabelFiles.Read(Write(text));
        Assert.Equal(["c1", "c2"], file.Ids);
        Assert.Equal(["loyal", "lapsing"], file.Labels);
    }

    [Theory]
    [InlineData("1\n2\n1\n")]
    [InlineData("label\n1\n2\n1\n")]
    [InlineData("weird name\n1\n2\n1\n")]
    public void OneColumn_IsReadAsLabels(string text)
    {
        var file = LabelFiles.Read(Write(text));
        Assert.Null(file.Ids);
        Assert.Equal(["1", "2", "1"], file.Labels);
    }

    [Fact]
    public void QuotedField_KeepsDelimiterQuoteAndLineEnd()
        => Assert.Equal(["a,\"b\"\nc"], LabelFiles.Read(Write("id,label\n1,\"a,\"\"b\"\"\nc\"\n")).Labels);

    [Fact]
    public void LabelColumn_CanBeNamed()
    {
        var file = LabelFiles.Read(Write("customer_id,segment,size\nc1,0,big\nc2,1,small\n"), "size");
        Assert.Equal(["c1", "c2"], file.Ids);
        Assert.Equal(["big", "small"], file.Labels);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("\n\n", "is empty")]
    [InlineData("customer_id,label\n", "a header and no rows")]
    [InlineData("a,b\nc\n", "row 2 has 1 fields")]
    [InlineData("id,label\nc1,x\nc1,y\n", "the id c1 more than once")]
    [InlineData("id,label\nc1,\n", "row 2 has no label")]
    [InlineData("p,q,r\n1,2,3\n", "has 3 columns")]
    [InlineData("id,label\nc1,\"x\n", "never closed")]
    [InlineData("id,la\0bel\n", "NUL")]
    public void WrongFile_IsRefusedWithItsReason(string text, string reason)
    {
        var path = Write(text);
        var message = Assert.Throws<InputException>(() => LabelFiles.Read(path)).Message;
        Assert.Contains(reason, message);
        Assert.Contains(path, message);
    }

    [Fact]
    public void MissingFileDirectoryAndBinary_AreRefused()
    {
        Assert.Contains("does not exist", Assert.Throws<InputException>(() => LabelFiles.Read(Path.Combine(directory, "none.csv"))).Message);
        Assert.Contains("is a directory", Assert.Throws<InputException>(() => LabelFiles.Read(directory)).Message);
        var binary = Path.Combine(directory, "binary");
        File.WriteAllBytes(binary, [0x89, 0x50, 0x4E, 0x47, 0xFF, 0x00]);
        Assert.Throws<InputException>(() => LabelFiles.Read(binary));
    }

    [Fact]
    public void Pair_MatchesById_AndCountsWhatOnlyOneHas()
    {
        var truth = LabelFiles.Read(Write("id,label\na,1\nb,2\nc,3\n", "t.csv"));
        var predicted = LabelFiles.Read(Write("id,label\nc,x\na,y\nd,z\ne,z\n", "p.csv"));
        var pairs = LabelFiles.Pair(truth, predicted);
        Assert.True(pairs.ById);
        Assert.Equal(["1", "3"], pairs.Truth);
        Assert.Equal(["y", "x"], pairs.Predicted);
        Assert.Equal((1, 2), (pairs.OnlyInTruth, pairs.OnlyInPredicted));
    }

    [Fact]
    public void Pair_MatchesByPosition_WhereIdsAreMissing_AndRefusesDifferentLengths()
    {
        LabelFile truth = LabelFiles.Read(Write("1\n2\n", "t.csv")), two = LabelFiles.Read(Write("id,label\na,1\nb,2\n", "p.csv"));
        Assert.False(LabelFiles.Pair(truth, two).ById);
        var three = LabelFiles.Read(Write("1\n2\n3\n", "q.csv"));
        Assert.Contains("2 labels", Assert.Throws<InputException>(() => LabelFiles.Pair(truth, three)).Message);
    }

    [Fact]
    public void Pair_WithoutCommonIds_IsRefused()
    {
        LabelFile a = LabelFiles.Read(Write("id,label\na,1\n", "t.csv")), b = LabelFiles.Read(Write("id,label\nb,1\n", "p.csv"));
        Assert.Contains("no id in common", Assert.Throws<InputException>(() => LabelFiles.Pair(a, b)).Message);
    }
}
